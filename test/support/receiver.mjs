// A webhook receiver that misbehaves on request. It is a real server, because the bytes on the wire and the fate of the
// connection matter. The path selects the behaviour, and its last segment is the bucket that records the request:
// POST /status/503/my-test answers 503, and GET /_received/my-test returns the recorded requests.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";

const DRIP_MS = 50;
const BOMB_BYTES = 50 * 1024 * 1024;
const MAX_WAIT_MS = 20_000;

/** Compressed once, when first asked for. */
let bomb;

/** The tokens that Turnstile has seen. */
const spent = new Set();

/** Behaviours by the first path segment: the segments before the bucket, and the answer. */
const behaviours = {
	status: [
		["code"],
		({ response, params, query }) => {
			const headers = query.has("server") ? { server: query.get("server") } : {};
			answer(response, Number(params.code), query.get("body") ?? "", headers);
		},
	],
	410: [[], ({ response }) => answer(response, 410, "gone")],
	429: [
		[],
		({ response, query }) => {
			const headers = query.has("retry-after") ? { "retry-after": query.get("retry-after") } : {};
			answer(response, 429, "slow down", headers);
		},
	],
	redirect: [
		[],
		({ response, query }) => {
			const location = query.get("to") ?? "/status/200/redirected";
			answer(response, Number(query.get("status") ?? 302), "", { location });
		},
	],
	echo: [[], ({ response, body }) => answer(response, 200, body, { "content-type": "application/json" })],
	// Refuses the request, and says with which headers it came.
	rejects: [
		[],
		({ response, record: { headers } }) => {
			const token = `unknown token ${headers["x-api-key"]}, ${headers.authorization?.split(" ")[1]}`;
			const received = { "x-received-authorization": headers.authorization ?? "" };
			answer(response, 401, `${token}, ${JSON.stringify(headers)}`, received);
		},
	],
	// Answers `fill` repeated to `bytes` bytes; `hex` gives the bytes themselves instead.
	body: [
		["bytes"],
		({ response, params, query }) => {
			const fill = query.has("hex") ? Buffer.from(query.get("hex"), "hex") : (query.get("fill") ?? "a");
			answer(response, 200, Buffer.alloc(Number(params.bytes), fill));
		},
	],
	// `count` headers of `length` characters, two cookies, and `name` with `value` as UTF-8.
	headers: [
		["count", "length"],
		({ response, params, query }) => {
			const names = Array.from({ length: Number(params.count) }, (_, index) => `x-filler-${index}`);
			const filler = Object.fromEntries(names.map((name) => [name, "v".repeat(Number(params.length))]));
			const value = Buffer.from(query.get("value") ?? "").toString("latin1");
			const more = { [query.get("name") ?? "x-more"]: value, "set-cookie": ["session=1", "theme=2"] };
			answer(response, 200, "", { ...more, ...filler });
		},
	],
	// Fails `times` times per bucket, then answers 200.
	"fail-then-ok": [
		["times"],
		({ response, params, seen }) => answer(response, seen <= Number(params.times) ? 503 : 200, ""),
	],
	// Turnstile's siteverify for the secret "right": a token is good once, and not if it begins with "bad".
	turnstile: [
		[],
		({ response, body }) => {
			const { secret, response: token } = Object.fromEntries(new URLSearchParams(body.toString()));
			const problem =
				secret !== "right"
					? "invalid-input-secret"
					: spent.has(token)
						? "timeout-or-duplicate"
						: token.startsWith("bad")
							? "invalid-input-response"
							: null;
			spent.add(token);
			const verdict = { success: problem === null, "error-codes": problem === null ? [] : [problem] };
			answer(response, problem === null ? 200 : 400, JSON.stringify(verdict), {
				"content-type": "application/json",
			});
		},
	],
	// Answers 200 after so many milliseconds.
	late: [
		["ms"],
		async ({ response, params }) => {
			await sleep(Number(params.ms));
			answer(response, 200, "");
		},
	],
	// Takes the request and never answers.
	hang: [[], () => {}],
	// Never ends its headers.
	drip: [[], ({ response }) => raw(response, "HTTP/1.1 200 OK\r\nX-Drip: ", { forever: "." })],
	// Answers at once and then sends its body a byte at a time, for ever.
	"slow-body": [
		[],
		({ response }) =>
			raw(response, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", { forever: "1\r\n.\r\n" }),
	],
	// Answers at once, sends half of its body and then nothing.
	stall: [
		[],
		({ response }) => raw(response, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf.", { open: true }),
	],
	// Sends half of its body and resets the connection.
	cut: [
		[],
		async ({ response }) => {
			await raw(response, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf.", { open: true });
			await sleep(DRIP_MS);
			response.socket.resetAndDestroy();
		},
	],
	endless: [
		[],
		async ({ response, record }) => {
			const chunk = Buffer.alloc(16 * 1024, "a");
			response.writeHead(200, { "content-type": "text/plain" });
			const left = new AbortController();
			response.once("close", () => left.abort());
			while (!response.closed) {
				record.bytesSent += chunk.length;
				if (!response.write(chunk)) await once(response, "drain", left).catch(() => {});
			}
		},
	],
	"gzip-bomb": [
		[],
		({ response }) => {
			bomb ??= gzipSync(Buffer.alloc(BOMB_BYTES, "a"));
			answer(response, 200, bomb, { "content-encoding": "gzip" });
		},
	],
	reset: [[], ({ response }) => response.socket.resetAndDestroy()],
	"not-http": [[], ({ response }) => raw(response, "SSH-2.0-OpenSSH_9.9\r\n", {})],
};

/**
 * Starts a receiver on a free port of 127.0.0.1 → `{ url, close }`. Beside the behaviours above it serves
 * `GET /_received/<bucket>`: the requests so far, oldest first; with `?atLeast=n` it waits until there are n of them, and
 * with `?closed=true` until their connections are closed, in both cases up to `withinMs` (default 5,000).
 */
export async function startReceiver() {
	const buckets = new Map();
	// Idle connections stay open for long: closing one just as the sender reuses it would be an unwanted failure.
	const server = createServer({ requestTimeout: 0, keepAliveTimeout: 600_000 }, (request, response) => {
		handle(buckets, request, response).catch((error) => {
			if (!response.headersSent) answer(response, 500, String(error));
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const close = async () => {
		server.closeAllConnections();
		server.close();
		await once(server, "close");
	};
	return { url: `http://127.0.0.1:${server.address().port}`, close };
}

async function handle(buckets, request, response) {
	const url = new URL(request.url, "http://receiver");
	const [name, ...segments] = url.pathname.split("/").slice(1).map(decodeURIComponent);
	if (name === "_received") return received(buckets, segments[0], url.searchParams, response);
	const [parameters, behave] = behaviours[name] ?? [[], () => answer(response, 404, "no such behaviour")];
	const params = Object.fromEntries(parameters.map((parameter, index) => [parameter, segments[index]]));
	const bucket = segments[parameters.length] ?? "default";

	const body = Buffer.concat(await request.toArray());
	const { method, httpVersion, headers, rawHeaders, socket } = request;
	const record = {
		method,
		path: request.url,
		at: Date.now(),
		httpVersion,
		headers,
		rawHeaders,
		body: body.toString("utf8"),
		bodyBase64: body.toString("base64"),
		bytesSent: 0,
	};
	// Read at the time of the query, because a connection outlives its request.
	Object.defineProperty(record, "closed", { enumerable: true, get: () => socket.destroyed });
	const requests = buckets.get(bucket) ?? [];
	buckets.set(bucket, requests);
	requests.push(record);
	await behave({ response, params, query: url.searchParams, body, record, seen: requests.length });
}

async function received(buckets, bucket, query, response) {
	const atLeast = Number(query.get("atLeast") ?? 0);
	const patience = Math.min(Number(query.get("withinMs") ?? 5_000), MAX_WAIT_MS);
	const requests = () => buckets.get(bucket) ?? [];
	const enough = () =>
		requests().length >= atLeast && (!query.has("closed") || requests().every(({ closed }) => closed));
	for (const end = Date.now() + patience; !enough() && Date.now() < end; ) await sleep(10);
	answer(response, 200, JSON.stringify(requests()), { "content-type": "application/json" });
}

function answer(response, status, body, headers = {}) {
	response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
	response.end(status === 204 || status === 304 ? undefined : body);
}

/** Writes bytes past the HTTP server; then closes, stays silent (`open`), or repeats `forever` until the peer leaves. */
async function raw(response, text, { forever, open }) {
	const { socket } = response;
	socket.on("error", () => {});
	socket.write(text);
	while (forever && !socket.destroyed) {
		await sleep(DRIP_MS);
		if (!socket.destroyed) socket.write(forever);
	}
	if (!open && !socket.destroyed) socket.end();
}
