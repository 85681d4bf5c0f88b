import { z } from "@hono/zod-openapi";
import { expect, it } from "vitest";
import { queryReader } from "../../src/http/query-reader.ts";

const reader = () => queryReader(z.strictObject({ tag: z.array(z.string()).or(z.string()).optional() }));
const url = (search: string) => `https://api.example.com/leads${search}`;

it("query strings that were read before are not parsed again, wherever they were sent", () => {
	const read = reader();
	for (const search of ["", "?tag=a&tag=b"])
		expect(read(`https://other.example.com/${search}`)).toBe(read(url(search)));
	expect(read(url("?tag=a&tag=b"))).toEqual({ tag: ["a", "b"] });
	expect(read(url("?tag=a"))).toEqual({ tag: "a" });
});

it("what was read can't be changed for the next request", () => {
	const { tag } = reader()(url("?tag=a&tag=b")) as { tag: string[] };
	expect(() => tag.push("c")).toThrow(TypeError);
});

it("wrong query strings are refused each time", () => {
	const read = reader();
	for (const _ of [1, 2]) expect(() => read(url("?tog=a"))).toThrow("tog");
});

it("few and short ones are remembered", () => {
	const read = reader();
	const long = url(`?tag=${"a".repeat(200)}`);
	expect(read(long)).not.toBe(read(long));
	const first = read(url("?tag=0"));
	for (let index = 1; index < 50; index += 1) read(url(`?tag=${index}`));
	expect(read(url("?tag=0"))).toBe(first);
	read(url("?tag=50"));
	expect(read(url("?tag=0"))).not.toBe(first);
});
