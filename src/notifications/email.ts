// E-mail through the platform's binding, where the operator has configured it.
import type { Env } from "../env.ts";
import { settingsOf } from "../settings.ts";

/** Whether this server can send e-mails: it has the binding and a sender. */
export const canSendEmail = (env: Env): boolean =>
	env.EMAIL !== undefined && settingsOf(env).NOTIFICATION_SENDER !== "";

/** Sends one e-mail; returns whether the platform accepted it. */
export async function sendEmail(env: Env, to: string, subject: string, text: string): Promise<boolean> {
	if (!env.EMAIL || !canSendEmail(env)) return false;
	await env.EMAIL.send({ from: settingsOf(env).NOTIFICATION_SENDER, to, subject, text });
	return true;
}
