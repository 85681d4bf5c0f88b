// Formats the Worker's log for a terminal: one readable line per entry. Programs get the JSON unchanged.
import { styleText } from "node:util";
import { STAGE } from "../../src/db/moves.ts";

type Entry = Readonly<Record<string, unknown>>;
type Style = Parameters<typeof styleText>[0];

/** What begins with each stage of a move. */
const STAGES: Readonly<Record<number, string>> = {
	[STAGE.requested]: "waiting to begin",
	[STAGE.clearing]: "clearing the target",
	[STAGE.copying]: "copying",
	[STAGE.telling]: "telling the rate limiters",
	[STAGE.draining]: "waiting for deliveries to end",
	[STAGE.frozen]: "writes are refused",
	[STAGE.switched]: "switched",
	[STAGE.leaving]: "removing the old rows",
	[STAGE.removalRequested]: "waiting to begin",
	[STAGE.expelling]: "its keys are refused",
	[STAGE.removing]: "removing its rows",
};

const shown: Readonly<Record<string, (entry: Entry) => { text: string; style: Style | null }>> = {
	request: ({ method, path, status, ms, requestId }) => ({
		text: `${status} ${method} ${path} ${ms} ms${Number(status) >= 400 ? ` ${requestId}` : ""}`,
		style: Number(status) >= 500 ? "red" : Number(status) >= 400 ? "yellow" : null,
	}),
	attempt: ({ deliveryId, number, statusCode, error, durationMs }) => ({
		text: `webhook ${error ? `not delivered (${error})` : "delivered"} ${statusCode ?? "no answer"} attempt ${number} ${durationMs} ms ${deliveryId}`,
		style: error ? "yellow" : null,
	}),
	move: ({ organizationId, to, stage }) => ({
		text: `move of ${organizationId} to shard ${to}: ${STAGES[Number(stage)] ?? stage}`,
		style: null,
	}),
	removal: ({ organizationId, shard, stage }) => ({
		text: `removal of ${organizationId} from shard ${shard}: ${STAGES[Number(stage)] ?? stage}`,
		style: null,
	}),
	sweep: ({ due, shard, shards, unseen, next }) => ({
		text:
			unseen === undefined
				? `sweep of shard ${shard}: ${due} overdue deliveries`
				: `sweep: ${unseen} of ${shards} shards are left for the next one, which begins with shard ${next}`,
		style: null,
	}),
	purge: ({ unfinished }) => ({
		text: `purge: time is up, the next sweep continues with ${unfinished}`,
		style: null,
	}),
	fault: ({ what, error, message, ...rest }) => ({
		text: `fault ${what}: ${error} ${message ?? ""} ${pairs(rest)}`.trim(),
		style: "red",
	}),
};

const pairs = (entry: Entry) =>
	Object.entries(entry)
		.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
		.join(" ");

/** Formats a line of the Worker's log for people; a line that is not a log entry stays as it is. */
export function formatLogLine(line: string, at = new Date()): string {
	const entry = parsed(line);
	if (!entry) return line;
	const { type, ...rest } = entry;
	const { text, style } = shown[String(type)]?.(rest) ?? { text: `${type} ${pairs(rest)}`, style: null };
	const clock = at.toTimeString().slice(0, "hh:mm:ss".length);
	const whole = `${clock} ${text.replaceAll(/\s+/g, " ")}`;
	return style ? styleText(style, whole) : whole;
}

/** Whether the line is the log entry of a successful request. */
export function isSuccessfulRequest(line: string): boolean {
	const entry = parsed(line);
	return entry?.type === "request" && Number(entry.status) < 400;
}

function parsed(line: string): Entry | null {
	try {
		const entry: unknown = JSON.parse(line);
		return typeof entry === "object" && entry !== null && "type" in entry ? (entry as Entry) : null;
	} catch {
		return null;
	}
}
