// The atoms of the wire schemas: what an e-mail address and a web address may hold.
import { describe, expect, it } from "vitest";
import { email, website } from "../../src/http/fields.ts";

const ZERO_WIDTH = "\u200B";
const RIGHT_TO_LEFT = "\u202E";

describe("an e-mail address", () => {
	it.each([
		"jane@example.com",
		"jane+crm@mail.example.co.uk",
		"jürgen@müller.de",
		"o'brien@example.com",
		"用户@例子.公司",
		"a..b@example.com",
	])("%s is taken", (text) => expect(email().safeParse(text).success).toBe(true));

	it.each([
		"mailto:jane@example.com",
		"jane@example..com",
		"jane@.example.com",
		"jane@example.com.",
		`jane${ZERO_WIDTH}@example.com`,
		`jane@example${ZERO_WIDTH}.com`,
		`${RIGHT_TO_LEFT}jane@example.com`,
		"ja\u034Fne@example.com",
		"jane@exa\uFE0Fmple.com",
		"jane\u3164@example.com",
		"Jane Smith <jane@example.com>",
		"jane@example.com, joe@example.com",
		"jane@example.com;joe@example.com",
		"jane@example",
		"@example.com",
	])("%j is refused", (text) =>
		expect(email().safeParse(text).error?.issues[0]?.message).toBe("Expected an e-mail address."),
	);
});

describe("a web address", () => {
	it.each(["example.com", "HTTPS://Example.com/a?b=(c)#d", "müller.de", "http://example.com:8080"])(
		"%s is taken",
		(text) => expect(website().safeParse(text).success).toBe(true),
	);

	it.each([
		"http://example..com",
		`exa${ZERO_WIDTH}mple.com`,
		"ftp://example.com",
		"mailto:jane@example.com",
		"example",
	])("%j is refused", (text) => expect(website().safeParse(text).success).toBe(false));
});
