// Changes that pages make: with what was typed last, and once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runHook, until } from "./without-browser.ts";

const { useMutation } = await import("../src/mutation.ts");

test("a change sends what is drawn, also before the effects of the drawing have run", async () => {
	const saved: string[] = [];
	const form = runHook((typed: string) => useMutation({ mutationFn: async () => saved.push(typed) }), "Jan");
	await new Promise((wake) => setTimeout(wake, 60));
	form.draw("Jane");
	form.result().mutate();
	await until(() => saved.length > 0);
	assert.deepEqual(saved, ["Jane"]);
	form.end();
});

test("a second click while a change runs makes no second one, and after it, or after a failure, one is possible", async () => {
	const begun: PromiseWithResolvers<void>[] = [];
	const form = runHook(
		() =>
			useMutation({
				mutationFn: () => {
					const run = Promise.withResolvers<void>();
					begun.push(run);
					return run.promise;
				},
			}),
		null,
	);
	const { mutate } = form.result();
	mutate();
	mutate();
	await until(() => form.result().isPending);
	form.result().mutate();
	assert.equal(begun.length, 1);
	begun[0]?.reject(new Error("Refused."));
	await until(() => form.result().isError);
	assert.equal(form.result().error?.message, "Refused.");
	form.result().mutate();
	await until(() => begun.length === 2);
	begun[1]?.resolve();
	await until(() => form.result().isSuccess);
	form.result().mutate();
	await until(() => begun.length === 3);
	assert.equal(form.result().mutate, mutate, "effects may depend on it");
	begun[2]?.resolve();
	form.end();
});
