// An error in other words: its paths and texts change, what it is does not.
import { expect, it } from "vitest";
import { badRequest, reworded, unavailable } from "../../src/errors.ts";

it("changes the path of the message, too", () => {
	const error = reworded(badRequest("price", "Required."), (path) => `deal.${path}`);
	expect(error).toMatchObject({
		code: "BAD_REQUEST",
		message: "deal.price: Required.",
		errors: [{ path: "deal.price", message: "Required." }],
	});
});

it("keeps the headers and the cause, which our logs show", () => {
	const cause = new Error("D1 is overloaded");
	const { code, headers, cause: kept } = reworded(unavailable(cause), (path) => path);
	expect(code).toBe("SERVICE_UNAVAILABLE");
	expect(headers).toEqual({ "Retry-After": "2" });
	expect(kept).toBe(cause);
});
