// Rotation of secrets: no delivery is refused meanwhile.
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { DAY_MS, SECOND_MS } from "../../src/time.ts";
import { advance, fakeDate } from "../support/clock.ts";
import { Sender } from "../support/sender.ts";
import { latest } from "./arriving.ts";

fakeDate();

const accepts = (secret: string, { body, headers }: { body: string; headers: Record<string, string> }) => {
	try {
		new Webhook(secret).verify(body, headers);
		return true;
	} catch {
		return false;
	}
};

describe("rotating a secret", () => {
	it("signs with both while the grace runs, then with the new one alone", async () => {
		const sender = await Sender.start();
		const { id, secret } = await sender.webhook("/status/200/rotated");
		const before = (await latest(sender, "rotated")).headers["x-webhook-signature-256"];
		expect(before).toMatch(/^sha256=[0-9a-f]{64}$/);

		const rotated = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {});
		expect(rotated).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^whsec_/) } });
		expect(Object.keys(rotated.body)).toEqual(["secret", "secretPrefix", "previousSecretExpiresAt"]);
		expect(Date.parse(rotated.body.previousSecretExpiresAt) - Date.now()).toBe(DAY_MS);
		expect(rotated.body.secretPrefix).toBe(rotated.body.secret.slice(0, 9));
		const shown = (await sender.api("GET", `/webhooks/${id}`)).body;
		expect(shown).toMatchObject({
			secretPrefix: rotated.body.secretPrefix,
			previousSecretExpiresAt: rotated.body.previousSecretExpiresAt,
		});
		expect(JSON.stringify(shown)).not.toContain(rotated.body.secret);

		const during = await latest(sender, "rotated");
		expect(during.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
		expect(during.headers["x-webhook-signature-256"]).toMatch(/^sha256=[0-9a-f]{64}$/);
		expect([accepts(secret, during), accepts(rotated.body.secret, during)]).toEqual([true, true]);

		advance(DAY_MS + SECOND_MS);
		const after = await latest(sender, "rotated");
		expect([accepts(secret, after), accepts(rotated.body.secret, after)]).toEqual([false, true]);
	});

	it("again within a grace is 409, until it is activated; without grace the old secret ends at once", async () => {
		const sender = await Sender.start();
		const { id, secret } = await sender.webhook("/status/200/activated");
		const first = await sender.api("POST", `/webhooks/${id}/rotate-secret`, { graceSeconds: 604_800 });
		const again = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {});
		expect(again).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
		const activated = await sender.api("POST", `/webhooks/${id}/activate-secret`);
		expect(activated).toMatchObject({ status: 200, body: { id, previousSecretExpiresAt: null } });
		const request = await latest(sender, "activated");
		expect([accepts(secret, request), accepts(first.body.secret, request)]).toEqual([false, true]);

		const own = "a-secret-of-my-own";
		const second = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {
			secret: own,
			graceSeconds: 0,
		});
		expect(second.body).toEqual({ secret: own, secretPrefix: "a-se", previousSecretExpiresAt: null });
		const last = await latest(sender, "activated");
		expect(accepts(first.body.secret, last)).toBe(false);
		expect(new Webhook(own, { format: "raw" }).verify(last.body, last.headers)).toBeTruthy();
		expect((await sender.api("POST", `/webhooks/${id}/activate-secret`)).status).toBe(200);
	});

	it("refuses invalid secrets and grace periods, and gives an unsigned webhook its first secret", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/first", { secret: null });
		for (const [body, path] of [
			[{ graceSeconds: 604_801 }, "graceSeconds"],
			[{ graceSeconds: -1 }, "graceSeconds"],
			[{ secret: "short" }, "secret"],
			[{ secret: null }, "secret"],
		] as const) {
			const refused = await sender.api("POST", `/webhooks/${id}/rotate-secret`, body);
			expect(refused).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		const { body } = await sender.api("POST", `/webhooks/${id}/rotate-secret`, {});
		expect(body.previousSecretExpiresAt).toBeNull();
		expect(accepts(body.secret, await latest(sender, "first"))).toBe(true);
	});
});
