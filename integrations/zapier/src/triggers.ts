// REST hooks: each Zap that is on has a webhook of its own.
import { type Bundle, defineTrigger, type ZObject } from "zapier-platform-core";
import { call, type Page, type Row } from "./api.ts";
import { customOutput } from "./custom-fields.ts";
import { chosenNames, namesField, withNames } from "./names.ts";
import { resources } from "./resources.ts";
import { type Watch, watches } from "./watches.ts";

/** The body of a delivery. */
interface Payload {
	readonly event: string;
	readonly timestamp: string;
	readonly webhookId: string;
	readonly data: Row;
	readonly changes?: object;
	readonly actor?: object;
}

/** What a Zap works with: the record, and beside its fields what happened to it. */
function outputOf({ event, timestamp, webhookId, data, changes, actor }: Payload) {
	return {
		...data,
		event: { id: webhookId, name: event, timestamp, changes: changes ?? {}, actor: actor ?? null },
	};
}

/** The values that the user has limited a trigger to. */
const limitsOf = ({ fields = [] }: Watch, { inputData }: Bundle) =>
	fields.flatMap(({ key }) => (inputData[key] ? [[key, inputData[key]] as const] : []));

async function subscribe(z: ZObject, bundle: Bundle, watch: Watch) {
	const limits = limitsOf(watch, bundle).map(([key, value]) => [`data.${key}`, [value]]);
	const filter = { ...watch.filter, ...Object.fromEntries(limits) };
	const body = {
		name: `Zapier: ${watch.label}`,
		url: bundle.targetUrl,
		events: watch.events,
		filter: Object.keys(filter).length > 0 ? filter : null,
		expand: chosenNames(bundle),
		// Zapier shows no step the bytes that came, so nobody could check a signature: the URL is the secret.
		secret: null,
	};
	const { data } = await call<Row>(z, bundle, "webhooks", { method: "POST", body });
	return { id: data.id };
}

async function unsubscribe(z: ZObject, bundle: Bundle) {
	const id = String(bundle.subscribeData?.id);
	// Somebody may have deleted it.
	await call(z, bundle, `webhooks/${encodeURIComponent(id)}`, { method: "DELETE", expected: [404] });
	return { id };
}

/** Records that are there, in the form in which events come. */
async function examples(z: ZObject, bundle: Bundle, watch: Watch) {
	const params = {
		limit: 3,
		orderBy: "updatedAt",
		...watch.params,
		...Object.fromEntries(limitsOf(watch, bundle)),
	};
	const { data } = await call<Page>(z, bundle, watch.path, { params });
	const rows = await withNames(z, bundle, watch.path, data.items);
	return rows.map((row) => outputOf(exampleOf(watch, row, String(row.updatedAt))));
}

const exampleOf = ({ events: [event = ""] }: Watch, data: Row, timestamp: string): Payload => ({
	event,
	timestamp,
	webhookId: `whd_${data.id.split("_")[1]}`,
	data,
});

const hasCustomFields = (path: string) => resources.some((resource) => resource.path === path);

/** One trigger per watch. */
export const triggers = watches.map((watch) =>
	defineTrigger({
		key: watch.key,
		noun: watch.noun,
		display: {
			label: watch.label,
			description: `Triggers when a ${watch.noun.toLowerCase()} ${watch.when}.`,
		},
		operation: {
			type: "hook",
			inputFields: [...(watch.fields ?? []), ...namesField(watch.path)],
			...(hasCustomFields(watch.path) ? { outputFields: [customOutput(watch.path)] } : {}),
			performSubscribe: (z: ZObject, bundle: Bundle) => subscribe(z, bundle, watch),
			performUnsubscribe: unsubscribe,
			perform: (_z: ZObject, bundle: Bundle) => [outputOf(bundle.cleanedRequest as Payload)],
			performList: (z: ZObject, bundle: Bundle) => examples(z, bundle, watch),
			sample: outputOf(exampleOf(watch, watch.sample, "2026-01-31T12:00:00.000Z")),
		},
	}),
);
