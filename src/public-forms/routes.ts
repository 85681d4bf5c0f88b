// Forms that people answer without a key: `/f/{id}` is the page of one, and the address to which its answers are sent. Nothing
// here knows a caller; what a visitor may cause is bounded by the limits of gate/address.ts and by the organization's quotas.
import type { Context } from "hono";
import type { Ctx } from "../context.ts";
import { type FormRow, forms } from "../crm/forms/forms.ts";
import { batch } from "../db/client.ts";
import { type AppError, notFound, unavailable } from "../errors.ts";
import { admitAddress, admitAnswer } from "../gate/address.ts";
import { keepAlive } from "../gate/request.ts";
import { respondError } from "../http/answer.ts";
import type { App, AppEnv } from "../http/endpoint.ts";
import { toAppError } from "../http/on-error.ts";
import { isId } from "../ids.ts";
import { sendWakeUps } from "../outbox/wake.ts";
import { settingsOf } from "../settings.ts";
import { envOf } from "../shards.ts";
import { requireOrigin } from "./origins.ts";
import { formPage, messagePage, thanksPage } from "./page.ts";
import { pageResponse } from "./page-response.ts";
import { asMisplaced, atPlace, type Place } from "./place.ts";
import { readSent, type Sent } from "./sent.ts";
import { submit, visitorOf } from "./submit.ts";
import { signedTime } from "./traps.ts";

type Html = ReturnType<typeof thanksPage>;

const EMBED_SCRIPT = "/form/embed.js";

/** Mounts the addresses of public forms. */
export function mountPublicForms(app: App): void {
	app.get("/f/:id/embed.js", (c) =>
		asPage(
			c,
			async (id) => {
				await readPublicForm(c, id);
				return embedScript(c);
			},
			"script",
		),
	);

	const show = (path: string, make: (c: Context<AppEnv>, form: FormRow) => Html | Promise<Html>) =>
		app.get(path, (c) =>
			asPage(c, async (id) => {
				const form = await readPublicForm(c, id);
				return respond(c, form, await make(c, form), 200);
			}),
		);
	show("/f/:id", (c, form) => pageOf(c, form, null, null));
	show("/f/:id/sent", (_, form) => thanksPage(form));

	app.post("/f/:id", (c) =>
		asPage(c, async (id) => {
			const request = c.req.raw;
			await admitAnswer(c.env, request.headers, id);
			const sent = await readSent(request);
			const { form, problem } = await atPlace(c.env, id, c.get("now"), (place) =>
				submit(ctxFor(c, id, place), id, request, sent),
			);
			if (!wantsPage(c)) return problem ? respondError(problem, c.get("requestId")) : taken(form);
			if (problem)
				return respond(c, form, await pageOf(c, form, sent, problem), problem.status, problem.headers);
			const next = nextPage(form);
			// Our script leads the page around it to the next one; a redirect would be followed inside its request.
			return c.req.query("embed") === undefined
				? c.redirect(next ?? `/f/${id}/sent`, 303)
				: respond(c, form, thanksPage(form), 201, next === null ? {} : { Location: next });
		}),
	);
}

/**
 * The script, which is the same for all forms. Browsers keep it for some minutes, so that a page shows the form the sooner: of one
 * that was closed to the public meanwhile, the script finds nothing.
 */
async function embedScript(c: Context<AppEnv>): Promise<Response> {
	const known = c.req.header("if-none-match");
	const script = await c.env.ASSETS.fetch(
		new Request(new URL(EMBED_SCRIPT, c.get("url").origin), {
			headers: known === undefined ? {} : { "If-None-Match": known },
		}),
	);
	const response = new Response(script.body, script);
	response.headers.set("Cache-Control", "max-age=300");
	return response;
}

const nextPage = ({ redirectUrl }: FormRow) => (redirectUrl === null ? null : new URL(redirectUrl).href);

function taken(form: FormRow): Response {
	const next = nextPage(form);
	return Response.json({ ok: true }, { status: 201, headers: next === null ? {} : { Location: next } });
}

/** Whether the answer is for a person: browsers ask for HTML, unless a script of a page asks for something else. */
const wantsPage = (c: Context<AppEnv>) =>
	/\btext\/html\b/.test(c.req.header("accept") ?? "") &&
	!/^application\/json\b/i.test(c.req.header("content-type") ?? "");

/**
 * Handles a request for a form by its id. Errors are pages for those who want one.
 * @throws AppError 404 for what is no id, 429 after a hundred requests of an address in a minute
 */
async function asPage(
	c: Context<AppEnv>,
	handle: (id: string) => Promise<Response>,
	purpose: "form" | "script" = "form",
): Promise<Response> {
	try {
		const id = c.req.param("id") ?? "";
		if (!isId(forms.prefix, id)) throw notFound("form");
		await admitAddress(c.env, c.req.raw.headers, purpose);
		return await handle(id);
	} catch (error) {
		const problem = toAppError(error, c.get("requestId"));
		if (!wantsPage(c)) return respondError(problem, c.get("requestId"));
		const [heading, message] =
			problem.code === "NOT_FOUND"
				? ["There is no such form", "It may have been closed, or its address is not complete."]
				: ["This does not work", problem.message];
		return respond(c, null, messagePage(heading, message), problem.status, problem.headers);
	}
}

const respond = (
	c: Context<AppEnv>,
	form: FormRow | null,
	page: Html,
	status: number,
	headers: Readonly<Record<string, string>> = {},
) => pageResponse(form, page, settingsOf(c.env).TURNSTILE_URL, status, headers);

async function readPublicForm(c: Context<AppEnv>, id: string): Promise<FormRow> {
	const form = await atPlace(c.env, id, c.get("now"), async ({ shard, organizationId }) => {
		const [rows = []] = await batch(envOf(c.env, shard).DB, [forms.store.byId(organizationId, id)]);
		const [row] = rows.map(forms.store.decode);
		if (!row?.isPublic) throw asMisplaced(id, notFound("form"));
		return row;
	});
	requireOrigin(form, c.get("url").host, c.req.raw);
	return form;
}

async function pageOf(c: Context<AppEnv>, form: FormRow, sent: Sent | null, problem: AppError | null) {
	const { KEY_PEPPER, TURNSTILE_URL } = settingsOf(c.env);
	const time = await signedTime(KEY_PEPPER, form.id, c.get("now"), problem !== null);
	return formPage({ form, time, sent, problem, turnstileUrl: TURNSTILE_URL });
}

function ctxFor(c: Context<AppEnv>, id: string, place: Place): Ctx {
	const env = envOf(c.env, place.shard);
	const waitUntil = keepAlive(c);
	return {
		env,
		caller: visitorOf(id, place),
		actor: { type: "form", id, name: "" },
		now: c.get("now"),
		requestId: c.get("requestId"),
		host: c.get("url").host,
		claim: null,
		requireAdmission: async () => {},
		movedError: () => asMisplaced(id, unavailable()),
		wake: (wakeUps) => waitUntil(sendWakeUps(env, wakeUps)),
		waitUntil,
	};
}
