// One attempt: the request and the response side by side.
import type { Schemas } from "../../api.ts";
import { formatDuration } from "../../format.ts";
import { Code, CopyButton, Instant } from "../../ui/text.tsx";

export type Attempt = Schemas["Attempt"];

const reasons: Readonly<Record<NonNullable<Attempt["error"]>, string>> = {
	http_status: "The answer was no success.",
	timeout: "No answer came in time.",
	dns_failed: "The host's name could not be resolved (DNS).",
	tls_failed: "No secure connection could be made: check the certificate (TLS).",
	connection_refused: "The host refused the connection.",
	connection_reset: "The connection was reset before an answer came.",
	connection_failed: "The connection failed.",
	blocked_target: "The URL leads to a place where webhooks may not go.",
};

export const succeeded = ({ error }: Attempt) => error === null;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The attempt as a curl command. Masked values must be filled in. */
function curlOf(method: string, { url, requestHeaders }: Attempt, body: string): string {
	const headers = Object.entries(requestHeaders).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
	return [`curl -X ${method} ${quoted(url)}`, ...headers, `--data-raw ${quoted(body)}`].join(" \\\n  ");
}

function HeaderList({ name, headers }: { name: string; headers: Readonly<Record<string, string>> }) {
	return (
		<details class="header-list">
			<summary>
				{name} ({Object.keys(headers).length})
			</summary>
			<dl>
				{Object.entries(headers).map(([name, value]) => (
					<div key={name}>
						<dt>{name}</dt>
						<dd>{value}</dd>
					</div>
				))}
			</dl>
		</details>
	);
}

/** Indents JSON; other text stays unchanged. */
function readable(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null ? value : text;
	} catch {
		return text;
	}
}

interface Props {
	readonly attempt: Attempt;
	readonly method: string;
	readonly payload: object;
}

export function AttemptDetail({ attempt, method, payload }: Props) {
	const { url, statusCode, durationMs, error, responseHeaders, responseBody, responseTruncated, at } =
		attempt;
	return (
		<div class="exchange">
			<section aria-label="Request">
				<header>
					<h3>Request</h3>
					<CopyButton text={curlOf(method, attempt, JSON.stringify(payload))} label="Copy as curl" />
				</header>
				<p>
					<code>
						{method} {url}
					</code>
				</p>
				<p class="soft">
					<Instant at={at} />
				</p>
				<HeaderList name="Request headers" headers={attempt.requestHeaders} />
				<Code name="Request body" value={payload} />
			</section>
			<section aria-label="Response">
				<header>
					<h3>Response</h3>
				</header>
				<p>
					{statusCode === null ? null : (
						<strong class={succeeded(attempt) ? "ink-good" : "ink-bad"}>{statusCode} </strong>
					)}
					{error ? (
						<>
							{reasons[error]} <code>{error}</code>
						</>
					) : (
						"Received"
					)}
				</p>
				<p class="soft">after {formatDuration(durationMs)}</p>
				{responseHeaders ? <HeaderList name="Response headers" headers={responseHeaders} /> : null}
				{responseBody ? (
					<Code name="Response body" value={readable(responseBody)} />
				) : (
					<p class="soft">{statusCode === null ? "No answer came." : "The answer had no body."}</p>
				)}
				{responseTruncated ? <p class="soft">There was more; this is what is kept of it.</p> : null}
			</section>
		</div>
	);
}
