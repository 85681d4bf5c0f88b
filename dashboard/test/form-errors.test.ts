// Which errors of the API a form shows at its fields, and what it says of single entries of a list.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./without-browser.ts";
import type { Field } from "../src/schema/fields.ts";

const { ApiError } = await import("../src/api.ts");
const { entryErrorsAt, isShown } = await import("../src/form/errors.ts");

const field = (name: string, kind: Field["kind"], isNullable = false): Field => ({
	name,
	label: name,
	hint: "",
	isRequired: false,
	isNullable,
	isOnByDefault: false,
	kind,
});

const fields = [
	field("name", { type: "text" }),
	field("tagIds", { type: "references", prefixes: ["tag"] }),
	field("isActive", { type: "flag" }),
	field("isPaid", { type: "flag" }, true),
	field("data", { type: "json" }),
	field("place", { type: "group", fields: [field("city", { type: "text" })] }),
	field("fields", {
		type: "rows",
		fields: [field("label", { type: "text" }), field("options", { type: "texts" })],
	}),
];

test("an error is at its field only where the form shows it", () => {
	const shown = ["name", "tagIds", "tagIds.0", "isPaid", "place.city", "fields", "fields.0.label"];
	for (const path of [...shown, "fields.0.options", "fields.12.options.2"])
		assert(isShown(path, fields), path);
	const elsewhere = ["", "other", "name.0", "tagIds.0.id", "isActive", "data", "data.x", "place", "place.0"];
	for (const path of [...elsewhere, "fields.0", "fields.0.other", "fields.0.options.2.x"])
		assert(!isShown(path, fields), path);
});

test("what is wrong with an entry of a list is said at the list, with the entry", () => {
	const error = new ApiError(400, {
		errors: [
			{ path: "fields.0.options.1", message: "Too long." },
			{ path: "fields.0.options.2", message: "Must not be empty." },
			{ path: "fields.0.options.1.x", message: "Elsewhere." },
			{ path: "fields.10.options.1", message: "Elsewhere." },
		],
	});
	assert.equal(
		entryErrorsAt(error, "fields.0.options", ["A", "B".repeat(50)]),
		`“${"B".repeat(40)}…”: Too long. Must not be empty.`,
	);
	assert.equal(entryErrorsAt(error, "fields.0", []), "");
	assert.equal(entryErrorsAt(new Error("x"), "fields.0.options", []), "");
});
