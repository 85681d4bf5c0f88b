// The dashboard: a session first, then the page that the path names.
import { QueryClientProvider } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fieldLabel } from "./format.ts";
import { lazy } from "./lazy.tsx";
import { isBatched } from "./pages/data/files/nouns.ts";
import { SignIn, SignInAgain } from "./pages/sign-in.tsx";
import { SignOut } from "./pages/sign-out.tsx";
import { pathOf, type Resource, resourceAt } from "./resources.ts";
import { href, matchPath, Router, usePlace, useScrolling } from "./router.tsx";
import { routes } from "./routes.ts";
import { queries, SessionContext, useCurrentSession, useSessionChange, useSessionEnd } from "./session.tsx";
import { Shell } from "./shell.tsx";
import { Empty, ErrorNotice, Loading } from "./ui/feedback.tsx";
import { Heading } from "./ui/layout.tsx";
import { NeedsScope } from "./ui/needs-scope.tsx";

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

type Show = (given: Parameters) => JSX.Element | null;

/** Shows a resource, if it belongs to the group that the path names. */
const ofResource =
	(show: (resource: Resource, id: string) => JSX.Element): Show =>
	({ group, path = "", id = "" }) => {
		const resource = resourceAt(path);
		return resource && resource.group === group ? show(resource, id) : null;
	};

const toWebhooks = { path: "/webhooks", text: "Webhooks" };
const showList = ofResource((resource) => <Browse key={resource.path} resource={resource} />);

/** Null if there is no such page. */
const pages: Readonly<Record<keyof typeof routes, Show>> = {
	overview: () => <Overview />,
	apiKeys: () => <ApiKeys />,
	webhooks: () => <Webhooks />,
	newWebhook: () => (
		<NeedsScope scope="webhooks:write" title="New webhook" up={toWebhooks}>
			<NewWebhook />
		</NeedsScope>
	),
	webhook: ({ id = "" }) => <WebhookDetail key={id} id={id} />,
	editWebhook: ({ id = "" }) => (
		<NeedsScope scope="webhooks:write" title="Edit webhook" up={toWebhooks}>
			<EditWebhook key={id} id={id} />
		</NeedsScope>
	),
	delivery: ({ id = "", deliveryId = "" }) => <Delivery key={deliveryId} webhookId={id} id={deliveryId} />,
	events: () => <Catalogue />,
	recentEvents: () => <Feed />,
	requests: () => <Requests />,
	settings: () => <Settings />,
	notifications: () => <Targets />,
	data: () => showList({ group: "data", path: "leads" }),
	board: () => <Board />,
	files: ({ path = "" }) => (isBatched(path) ? <Files key={path} noun={path} /> : null),
	list: showList,
	newRecord: ofResource((resource) => (
		<NeedsScope
			scope={`${resource.path}:write`}
			title={`New ${resource.noun}`}
			up={{ path: pathOf(resource), text: fieldLabel(resource.path) }}
		>
			<NewRecord key={resource.path} resource={resource} />
		</NeedsScope>
	)),
	record: ofResource((resource, id) => <Record key={id} resource={resource} id={id} />),
};

function Page() {
	const { path } = usePlace();
	useScrolling(path);
	for (const name of Object.keys(routes) as (keyof typeof routes)[]) {
		const found = matchPath(routes[name], path);
		const shown = found && pages[name](found);
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
				{/* What a page shows, and what is typed in it, is of one organization. */}
				<Shell key={session.organizationId} onLeave={() => setLeaving(true)}>
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
