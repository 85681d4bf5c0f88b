// The dashboard: a session first, then the page that the path names.
import { QueryClientProvider } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Board } from "./pages/data/board.tsx";
import { Browse } from "./pages/data/browse.tsx";
import { isNoun } from "./pages/data/nouns.ts";
import { Record } from "./pages/data/record.tsx";
import { Catalogue } from "./pages/events/catalogue.tsx";
import { Feed } from "./pages/events/feed.tsx";
import { ApiKeys } from "./pages/keys/list.tsx";
import { Overview } from "./pages/overview.tsx";
import { Requests } from "./pages/requests.tsx";
import { Settings } from "./pages/settings/page.tsx";
import { SignIn, SignInAgain } from "./pages/sign-in.tsx";
import { SignOut } from "./pages/sign-out.tsx";
import { Delivery } from "./pages/webhooks/delivery.tsx";
import { WebhookDetail } from "./pages/webhooks/detail.tsx";
import { EditWebhook, NewWebhook } from "./pages/webhooks/edit.tsx";
import { Webhooks } from "./pages/webhooks/list.tsx";
import { href, matchPath, Router, usePlace } from "./router.tsx";
import { queries, SessionContext, useCurrentSession, useSessionChange, useSessionEnd } from "./session.tsx";
import { Shell } from "./shell.tsx";
import { Empty, ErrorNotice, Loading } from "./ui/feedback.tsx";
import { Heading } from "./ui/layout.tsx";

type Parameters = Readonly<{ [name: string]: string }>;

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
	["/requests", () => <Requests />],
	["/events", () => <Catalogue />],
	["/events/feed", () => <Feed />],
	["/settings", () => <Settings />],
	["/data", () => <Browse noun="leads" />],
	["/data/board", () => <Board />],
	["/data/:noun", ({ noun = "" }) => (isNoun(noun) ? <Browse key={noun} noun={noun} /> : null)],
	[
		"/data/:noun/:id",
		({ noun = "", id = "" }) => (isNoun(noun) ? <Record key={id} noun={noun} id={id} /> : null),
	],
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
