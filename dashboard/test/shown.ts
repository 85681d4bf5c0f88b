// How values are shown that are not what their field leads one to expect.
import { test } from "node:test";
import { call, open, page } from "./shared.ts";

/** A value on a record's page. */
const fact = (text: string) => page.getByRole("definition").getByText(text, { exact: true }).first();

test("a text that looks like a day but is none is shown as it is, in the list and on the record's page", async () => {
	const company = "2026-13-45";
	const { id } = await call<{ id: string }>("POST", "/leads", { name: "Nodate Ltd", company });
	await open("/data/leads?search=Nodate");
	await page.getByRole("cell", { name: company }).waitFor();
	await open(`/data/leads/${id}`);
	await fact(company).waitFor();
});

test("the history of a conversation and of a form response says what happened", async () => {
	const chat = await call<{ id: string }>("POST", "/conversations", { conversationType: "chat" });
	await call("POST", `/conversations/${chat.id}/messages`, { role: "visitor", text: "Hello" });
	await call("PATCH", `/conversations/${chat.id}`, { status: "completed" });
	await open(`/data/conversations/${chat.id}`);
	const history = page.getByRole("list", { name: "History, newest first" });
	await history.getByText("Chat completed").waitFor();
	await history.getByText("Chat message received").waitFor();

	const { items } = await call<{ items: { id: string }[] }>("GET", "/form-responses?limit=1");
	await open(`/data/form-responses/${items[0]?.id}`);
	await history.getByText("Created").waitFor();
});
