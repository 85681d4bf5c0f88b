// What is said when the folder of the data or the port is not to be had.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { localChannel } from "../../scripts/admin/channel.ts";
import { startLocal } from "../../scripts/local/local.ts";
import { captureTool } from "../../scripts/tools/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-places-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "file");
writeFileSync(file, "");

for (const [what, path, reason] of [
	["a file", file, "a file is in its place"],
	["below a file", join(file, "state"), "a part of the path is a file"],
] as const) {
	const message = `The folder of the data, ${path}, can't be made: ${reason}. Choose another STATE_DIR.`;
	test(`npm run admin says so when STATE_DIR is ${what}`, () =>
		assert.rejects(localChannel(path), { message }));
	test(`npm start says so when STATE_DIR is ${what}`, async () => {
		const [stateDir, port] = [process.env.STATE_DIR, process.env.PORT];
		Object.assign(process.env, { STATE_DIR: path, PORT: String(await freePort()) });
		try {
			await assert.rejects(captureTool("node", ["scripts/local/start.ts"]), ({ message: said }: Error) =>
				said.endsWith(message),
			);
		} finally {
			for (const [name, value] of Object.entries({ STATE_DIR: stateDir, PORT: port }))
				if (value === undefined) delete process.env[name];
				else process.env[name] = value;
		}
	});
}

test("a port that is taken just before the start is named, and the setting for it", async () => {
	const taken = createServer().listen(0, "127.0.0.1");
	await once(taken, "listening");
	const { port } = taken.address() as { port: number };
	try {
		await assert.rejects(startLocal({ port }), {
			message: `Port ${port} is in use. Stop what runs there, or choose another: PORT=8788 npm start.`,
		});
	} finally {
		taken.close();
	}
});

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, "close");
	return port;
}
