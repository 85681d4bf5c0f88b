// The dashboard: a session first, then the page that the path names.
import { QueryClientProvider } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { lazy } from "./lazy.tsx";
import { isBatched } from "./pages/data/files/nouns.ts";
import { SignIn, SignInAgain } from "./pages/sign-in.tsx";
import { SignOut } from "./pages/sign-out.tsx";
import { resourceAt } from "./resources.ts";
import { href, matchPath, Router, usePlace } from "./router.tsx";
import { queries, SessionContext, useCurrentSession, useSessionChange, useSessionEnd } from "./session.tsx";
import { Shell } from "./shell.tsx";
import { Empty, ErrorNotice, Loading } from "./ui/feedback.tsx";
import { Heading } from "./ui/layout.tsx";

type Parameters = Readonly<{ [name: string]: string }>;

const ApiKeys = lazy(async () => (await import("./pages/keys/list.tsx")).ApiKeys);
const Board = lazy(async () => (await import("./pages/data/board.tsx")).Board);
const Browse = lazy(async () => (await import("./pages/data/browse.tsx")).Browse);
const Catalogue = lazy(async () => (await import("./pages/events/catalogue.tsx")).Catalogue);
const Delivery = lazy(async () => (await import("./pages/webhooks/delivery.tsx")).Delivery);
const EditWebhook = lazy(async () => (await import("./pages/webhooks/edit.tsx")).EditWebhook);
const Feed = lazy(async () => (await import("./pages/events/feed.tsx")).Feed);
const Files = lazy(async () => (await import("./pages/data/files/page.tsx")).Files);
const NewRecord = lazy(async () => (await import("./pages/data/new.tsx")).NewRecord);
const NewWebhook = lazy(async () => (await import("./pages/webhooks/edit.tsx")).NewWebhook);
const Overview = lazy(async () => (await import("./pages/overview.tsx")).Overview);
const Record = lazy(async () => (await import("./pages/data/record.tsx")).Record);
const Requests = lazy(async () => (await import("./pages/requests.tsx")).Requests);
const Settings = lazy(async () => (await import("./pages/settings/page.tsx")).Settings);
const Targets = lazy(async () => (await import("./pages/settings/targets/page.tsx")).Targets);
const WebhookDetail = lazy(async () => (await import("./pages/webhooks/detail.tsx")).WebhookDetail);
const Webhooks = lazy(async () => (await import("./pages/webhooks/list.tsx")).Webhooks);

/** The pages of a resource of a group; null for another path. */
function recordPage(group: string, { path = "", id = "" }: Parameters): JSX.Element | null {
	const resource = resourceAt(path);
	if (resource?.group !== group) return null;
	if (!id) return <Browse key={path} resource={resource} />;
	return id === "new" ? (
		<NewRecord key={path} resource={resource} />
	) : (
		<Record key={id} resource={resource} id={id} />
	);
}

const pages: readonly (readonly [pattern: string, page: (given: Parameters) => JSX.Element | null])[] = [
	["/", () => <Overview />],
	["/api-keys", () => <ApiKeys />],
	["/webhooks", () => <Webhooks />],
	["/webhooks/new", () => <NewWebhook />],
	["/webhooks/:id", ({ id = "" }) => <WebhookDetail key={id} id={id} />],
	["/webhooks/:id/edit", ({ id = "" }) => <EditWebhook key={id} id={id} />],
	[
		"/webhooks/:id/deliveries/:deliveryId",
		({ id = "", deliveryId = "" }) => <Delivery key={deliveryId} webhookId={id} id={deliveryId} />,
	],
	["/events", () => <Catalogue />],
	["/events/feed", () => <Feed />],
	["/requests", () => <Requests />],
	["/settings", () => <Settings />],
	["/settings/notifications", () => <Targets />],
	["/data", () => recordPage("data", { path: "leads" })],
	["/data/board", () => <Board />],
	["/data/:noun/files", ({ noun = "" }) => (isBatched(noun) ? <Files key={noun} noun={noun} /> : null)],
	...["data", "settings"].flatMap((group) =>
		[`/${group}/:path`, `/${group}/:path/:id`].map(
			(pattern) => [pattern, (given: Parameters) => recordPage(group, given)] as const,
		),
	),
];

function Page() {
	const { path } = usePlace();
	for (const [pattern, page] of pages) {
		const found = matchPath(pattern, path);
		const shown = found && page(found);
		if (shown) return shown;
	}
	return (
		<>
			<Heading title="Not found" />
			<Empty title="There is no such page.">
				<p>
					<a href={href("/")}>Go to the overview</a>
				</p>
			</Empty>
		</>
	);
}

function Gate() {
	const { data: session, error, refetch } = useCurrentSession();
	const [leaving, setLeaving] = useState(false);
	const reason = useSessionEnd();
	const { forget } = useSessionChange();
	if (session && leaving) return <SignOut onEnd={() => setLeaving(false)} />;
	if (session) {
		return (
			<SessionContext.Provider value={session}>
				<Shell onLeave={() => setLeaving(true)}>
					<Page />
				</Shell>
				{reason ? <SignInAgain reason={reason} onLeave={forget} /> : null}
			</SessionContext.Provider>
		);
	}
	if (session === null) return <SignIn />;
	return (
		<main class="sign-in">{error ? <ErrorNotice error={error} retry={() => refetch()} /> : <Loading />}</main>
	);
}

export const App = () => (
	<QueryClientProvider client={queries}>
		<Router>
			<Gate />
		</Router>
	</QueryClientProvider>
);
