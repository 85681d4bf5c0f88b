// The form for a new or an existing webhook.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError, type Schemas } from "../../api.ts";
import { navigate } from "../../router.tsx";
import { ActionButton, ErrorNotice, errorAt, LoadLatest } from "../../ui/feedback.tsx";
import { Checkbox, SelectField, TextArea, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import { EventPicker } from "./event-picker.tsx";
import { type Header, Headers } from "./headers.tsx";
import { fieldsOf, Sending, type SendingFields, typedOf } from "./sending.tsx";
import type { Webhook } from "./state.tsx";

const methods = ["POST", "PUT", "PATCH"] as const;
const named = ["url", "name", "description", "method"];
/** Fields at which the errors below their paths are shown, too. */
const nested = ["events", "headers", "filter", "format", "template", "expand", "rateLimit"];

type Fields = Required<
	Pick<
		Schemas["WebhookUpdate"],
		"url" | "name" | "description" | "events" | "method" | "headers" | "skipSystem"
	>
> &
	SendingFields;

interface Props {
	readonly webhook?: Webhook;
	readonly action: string;
	readonly back: string;
	readonly busy: boolean;
	readonly error: Error | null;
	/** Gets all fields, and those of them that were changed here. */
	readonly onSubmit: (fields: Fields, changes: Partial<Fields>) => void;
	readonly reload?: () => unknown;
	/** Additional fields at the end. */
	readonly children?: ComponentChildren;
}

export function WebhookForm({ webhook, action, back, busy, error, onSubmit, reload, children }: Props) {
	const [url, setUrl] = useState(webhook?.url ?? "");
	const [name, setName] = useState(webhook?.name ?? "");
	const [description, setDescription] = useState(webhook?.description ?? "");
	const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? []);
	const [method, setMethod] = useState<(typeof methods)[number]>(webhook?.method ?? "POST");
	const [skipSystem, setSkipSystem] = useState(webhook?.skipSystem ?? false);
	const [headers, setHeaders] = useState<readonly Header[]>(
		Object.entries(webhook?.headers ?? {}).map(([name, value]) => ({ name, value })),
	);
	const [typed, setTyped] = useState(() => typedOf(webhook));
	const fields = (): Fields => {
		const sent = headers.filter((header) => header.name || header.value);
		return {
			url: url.trim(),
			name: name || null,
			description: description || null,
			events: [...events],
			method,
			skipSystem,
			headers: Object.fromEntries(sent.map((header) => [header.name.trim(), header.value])),
			...fieldsOf(typed),
		};
	};
	const values = JSON.stringify([url, name, description, events, method, skipSystem, headers, typed]);
	const [before] = useState(() => ({ values, fields: fields() }));
	const errors = error instanceof ApiError ? error.errors : [];
	const below = (path: string) => errors.filter((one) => one.path.split(".")[0] === path);
	return (
		<Form
			class="page-form"
			unsaved={values !== before.values}
			onSubmit={() => {
				const now = fields();
				const isChanged = ([name, value]: [string, unknown]) =>
					JSON.stringify(value) !== JSON.stringify(before.fields[name as keyof Fields]);
				onSubmit(now, Object.fromEntries(Object.entries(now).filter(isChanged)));
			}}
		>
			<TextField
				label="URL"
				mono
				required
				focused={!webhook}
				placeholder="https://hooks.example.com/leadwire"
				value={url}
				onInput={setUrl}
				hint="https on port 443 or 8443, under a public host name."
				error={errorAt(error, "url")}
			/>
			<div class="row">
				<TextField label="Name" optional value={name} onInput={setName} error={errorAt(error, "name")} />
				<SelectField
					label="Method"
					value={method}
					options={methods}
					onChange={(value) => setMethod(methods.find((one) => one === value) ?? "POST")}
					error={errorAt(error, "method")}
				/>
			</div>
			<TextArea
				label="Description"
				optional
				value={description}
				onInput={setDescription}
				error={errorAt(error, "description")}
			/>
			<EventPicker chosen={events} onChange={setEvents} error={below("events")[0]?.message} />
			<Sending typed={typed} onChange={setTyped} below={below} />
			<Headers headers={headers} onChange={setHeaders} errors={below("headers")} />
			<Checkbox
				label="Skip built-in processes"
				hint="skipSystem: what the subscribed events would set going here is left to you."
				checked={skipSystem}
				onChange={setSkipSystem}
			/>
			{children}
			<ErrorNotice error={error} shown={[...named, ...nested.flatMap(below).map(({ path }) => path)]} />
			<footer>
				{reload ? <LoadLatest error={error} onLoad={reload} /> : null}
				<button type="button" onClick={() => navigate(back)}>
					Cancel
				</button>
				<ActionButton class="primary" busy={busy}>
					{action}
				</ActionButton>
			</footer>
		</Form>
	);
}
