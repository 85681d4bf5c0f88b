// The form for a new or an existing webhook.
import type { ComponentChildren } from "preact";
import { ApiError, type Schemas } from "../../api.ts";
import { useChanges } from "../../form/changes.ts";
import { Clashes } from "../../form/clashes.tsx";
import { LoadLatest } from "../../form/load-latest.tsx";
import { isEqual } from "../../form/merging.ts";
import { fieldLabel } from "../../format.ts";
import { navigate } from "../../router.tsx";
import { ActionButton, ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { Checkbox, SelectField, TextArea, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import { EventPicker } from "./event-picker.tsx";
import { type Header, Headers } from "./headers.tsx";
import { fieldsOf, Sending, type SendingFields, type Typed, typedOf } from "./sending.tsx";
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

interface FormValues extends Readonly<Pick<Webhook, "url" | "method" | "skipSystem" | "version">>, Typed {
	readonly events: readonly string[];
	readonly name: string;
	readonly description: string;
	readonly headers: readonly Header[];
}

/** How fields are called whose names say something else. */
const labels: Readonly<Record<string, string>> = {
	isText: "Format",
	template: "Text",
	expand: "Names beside ids",
	rate: "At most this many attempts",
	ordered: "One after the other",
	skipSystem: "Skip built-in processes",
};

interface Props {
	readonly webhook?: Webhook;
	readonly action: string;
	readonly back: string;
	readonly save: {
		readonly isPending: boolean;
		readonly error: Error | null;
		readonly reset: () => void;
	};
	/** Gets all fields, those of them that were changed here, and the version that was changed. */
	readonly onSubmit: (fields: Fields, changes: Partial<Fields>, version: number) => void;
	/** Reads the webhook again. */
	readonly reload?: () => Promise<Webhook | undefined>;
	/** Additional fields at the end. */
	readonly children?: ComponentChildren;
}

/** The values of the form; a header is known by the name that it was read with. */
const valuesOf = (webhook?: Webhook) => ({
	url: webhook?.url ?? "",
	name: webhook?.name ?? "",
	description: webhook?.description ?? "",
	events: webhook?.events ?? [],
	method: webhook?.method ?? "POST",
	skipSystem: webhook?.skipSystem ?? false,
	headers: Object.entries(webhook?.headers ?? {}).map(([name, value]): Header => ({ id: name, name, value })),
	...typedOf(webhook),
	version: webhook?.version ?? 0,
});

/** The fields of the API. */
function writtenOf({
	url,
	name,
	description,
	events,
	method,
	skipSystem,
	headers,
	...typed
}: FormValues): Fields {
	const sent = headers.filter((header) => header.name || header.value);
	return {
		method,
		skipSystem,
		events: [...events],
		url: url.trim(),
		name: name || null,
		description: description || null,
		headers: Object.fromEntries(sent.map((header) => [header.name.trim(), header.value])),
		...fieldsOf(typed),
	};
}

export function WebhookForm({ webhook, action, back, save, onSubmit, reload, children }: Props) {
	const { error } = save;
	const changes = useChanges<FormValues>(valuesOf(webhook));
	const { base, values } = changes;
	const set = (change: Partial<FormValues>) => changes.set(() => change);
	const errors = error instanceof ApiError ? error.errors : [];
	const below = (path: string) => errors.filter((one) => one.path.split(".")[0] === path);
	return (
		<Form
			class="page-form"
			unsaved={changes.isChanged}
			onSubmit={() => {
				const [before, now] = [writtenOf(base), writtenOf(values)];
				const isChanged = ([name, value]: [string, unknown]) => !isEqual(value, before[name as keyof Fields]);
				onSubmit(now, Object.fromEntries(Object.entries(now).filter(isChanged)), base.version);
			}}
		>
			<TextField
				label="URL"
				mono
				required
				focused={!webhook}
				placeholder="https://hooks.example.com/leadwire"
				value={values.url}
				onInput={(url) => set({ url })}
				hint="https on port 443 or 8443, under a public host name."
				error={errorAt(error, "url")}
			/>
			<div class="row">
				<TextField
					label="Name"
					optional
					value={values.name}
					onInput={(name) => set({ name })}
					error={errorAt(error, "name")}
				/>
				<SelectField
					label="Method"
					value={values.method}
					options={methods}
					onChange={(value) => set({ method: methods.find((one) => one === value) ?? "POST" })}
					error={errorAt(error, "method")}
				/>
			</div>
			<TextArea
				label="Description"
				optional
				value={values.description}
				onInput={(description) => set({ description })}
				error={errorAt(error, "description")}
			/>
			<EventPicker
				chosen={values.events}
				onChange={(events) => set({ events })}
				error={below("events")[0]?.message}
			/>
			<Sending typed={values} onChange={set} below={below} />
			<Headers headers={values.headers} onChange={(headers) => set({ headers })} errors={below("headers")} />
			<Checkbox
				label="Skip built-in processes"
				hint="skipSystem: what the subscribed events would set going here is left to you."
				checked={values.skipSystem}
				onChange={(skipSystem) => set({ skipSystem })}
			/>
			{children}
			<Clashes labels={changes.clashes.map((name) => labels[name] ?? fieldLabel(name))} />
			<ErrorNotice error={error} shown={[...named, ...nested.flatMap(below).map(({ path }) => path)]} />
			<footer>
				<LoadLatest
					save={save}
					read={async () => {
						const latest = await reload?.();
						return latest && valuesOf(latest);
					}}
					changes={changes}
				/>
				<button type="button" onClick={() => navigate(back)}>
					Cancel
				</button>
				<ActionButton class="primary" busy={save.isPending}>
					{action}
				</ActionButton>
			</footer>
		</Form>
	);
}
