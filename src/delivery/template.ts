// Templates of texts for Slack: `{{data.title}}` stands for the value at that path of the payload.
import { PATH } from "../outbox/filter.ts";

/** Slack cuts longer texts. */
const MAX_TEXT_CHARACTERS = 40_000;

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** Whether every pair of braces of a template has a path between them. */
export const isTemplate = (template: string): boolean =>
	!/\{\{|\}\}/.test(template.replaceAll(PLACEHOLDER, (whole, path) => (PATH.test(path.trim()) ? "" : whole)));

/**
 * The text of a template, "(empty)" if there is nothing in it. Values are escaped as Slack asks, so that what a visitor wrote mentions
 * nobody and hides no link behind other words; unset values and objects are empty, and lists are separated by commas.
 */
export function renderTemplate(template: string, payload: unknown): string {
	const text = template.replaceAll(PLACEHOLDER, (_, path) =>
		escapeForSlack(textOf(valueAt(payload, path.trim()))),
	);
	// Slack refuses a text without anything in it.
	return text.trim() === "" ? "(empty)" : text.slice(0, MAX_TEXT_CHARACTERS).toWellFormed();
}

const valueAt = (payload: unknown, path: string): unknown =>
	path
		.split(".")
		.reduce<unknown>(
			(inner, name) =>
				typeof inner === "object" && inner !== null && Object.hasOwn(inner, name)
					? Reflect.get(inner, name)
					: null,
			payload,
		);

function textOf(value: unknown): string {
	if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(", ");
	return typeof value === "object" || value === undefined ? "" : String(value);
}

/** A text in which Slack finds no markup: it reads these three characters as such. */
export const escapeForSlack = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
