// Instants at the ends of what has four digits for its year.
import { describe, expect, it } from "vitest";
import { instant } from "../../src/http/fields.ts";

describe("an instant", () => {
	it.each([
		["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
		["9999-12-31T23:59:59+12:00", "9999-12-31T11:59:59.000Z"],
		["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
		["0000-01-01T00:00:00-12:00", "0000-01-01T12:00:00.000Z"],
	])("%s reads back as %s", (given, read) => {
		expect(instant().parse(given)).toBe(read);
	});

	it.each(["9999-12-31T23:59:59-12:00", "0000-01-01T00:00:00+00:01"])(
		"%s leads out of them and is refused",
		(given) => {
			expect(instant().safeParse(given).error?.issues[0]?.message).toBe(
				"Expected an instant of the years 0000 to 9999 in UTC.",
			);
		},
	);
});
