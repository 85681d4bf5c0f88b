// The Worker's log for a person at a terminal: one readable line each. Programs get the JSON as it is.
import { styleText } from "node:util";

type Entry = Readonly<Record<string, unknown>>;
type Style = Parameters<typeof styleText>[0];

const shown: Readonly<Record<string, (entry: Entry) => { text: string; style: Style | null }>> = {
	request: ({ method, path, status, ms, requestId }) => ({
		text: `${status} ${method} ${path} ${ms} ms${Number(status) >= 400 ? ` ${requestId}` : ""}`,
		style: Number(status) >= 500 ? "red" : Number(status) >= 400 ? "yellow" : null,
	}),
	attempt: ({ deliveryId, number, statusCode, error, durationMs }) => ({
		text: `webhook ${error ? `not delivered (${error})` : "delivered"} ${statusCode ?? "no answer"} attempt ${number} ${durationMs} ms ${deliveryId}`,
		style: error ? "yellow" : null,
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

/** A line of the Worker's log as a person reads it; what is no entry of the log stays as it is. */
export function readable(line: string, at = new Date()): string {
	const entry = parsed(line);
	if (!entry) return line;
	const { type, ...rest } = entry;
	const { text, style } = shown[String(type)]?.(rest) ?? { text: `${type} ${pairs(rest)}`, style: null };
	const clock = at.toTimeString().slice(0, "hh:mm:ss".length);
	const whole = `${clock} ${text.replaceAll(/\s+/g, " ")}`;
	return style ? styleText(style, whole) : whole;
}

/** Whether the line tells of a request that went well. */
export function isGoodRequest(line: string): boolean {
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
