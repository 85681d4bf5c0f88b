// The custom headers of each delivery.
import type { FieldError } from "../../api.ts";

export interface Header {
	/** The name that it was read with; a new one has none. */
	readonly id?: string;
	readonly name: string;
	readonly value: string;
}

interface Props {
	readonly headers: readonly Header[];
	readonly onChange: (headers: readonly Header[]) => void;
	/** Errors below the path `headers`. */
	readonly errors: readonly FieldError[];
}

const MAX_HEADERS = 20;

export function Headers({ headers, onChange, errors }: Props) {
	const set = (index: number, change: Partial<Header>) =>
		onChange(headers.map((header, at) => (at === index ? { ...header, ...change } : header)));
	return (
		<fieldset class="headers">
			<legend>
				Headers<span class="soft"> optional</span>
			</legend>
			<p class="hint">
				Sent with each delivery. Sensitive values read back as <code>***</code>; left like that, they stay as
				stored.
			</p>
			{headers.map((header, index) => (
				<div class="header-row" key={index}>
					<input
						class="mono"
						aria-label={`Name of header ${index + 1}`}
						placeholder="authorization"
						value={header.name}
						spellcheck={false}
						autocomplete="off"
						onInput={({ currentTarget }) => set(index, { name: currentTarget.value })}
					/>
					<input
						class="mono"
						aria-label={`Value of header ${index + 1}`}
						placeholder="Bearer …"
						value={header.value}
						spellcheck={false}
						autocomplete="off"
						onInput={({ currentTarget }) => set(index, { value: currentTarget.value })}
					/>
					<button
						type="button"
						aria-label={`Remove header ${index + 1}`}
						onClick={() => onChange(headers.filter((_, at) => at !== index))}
					>
						Remove
					</button>
				</div>
			))}
			{errors.map(({ path, message }) => (
				<p class="error" key={path}>
					<code>{path.replace(/^headers\.?/, "")}</code> {message}
				</p>
			))}
			<button
				type="button"
				class="small"
				disabled={headers.length >= MAX_HEADERS}
				onClick={() => onChange([...headers, { name: "", value: "" }])}
			>
				Add header
			</button>
		</fieldset>
	);
}
