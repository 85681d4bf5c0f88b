import { useState } from "preact/hooks";
import type { CataloguedEvent } from "../../api.ts";
import { setSearch, usePlace } from "../../router.tsx";
import { Empty, QueryResult } from "../../ui/feedback.tsx";
import { TextField } from "../../ui/field.tsx";
import { Facts, Heading, Tabs } from "../../ui/layout.tsx";
import { Code, Prose } from "../../ui/text.tsx";
import { useCatalogue } from "../webhooks/test-send.tsx";

export const EventTabs = ({ current }: { current: "catalogue" | "feed" }) => (
	<Tabs
		name="Events"
		tabs={[
			{ path: "/events", text: "Catalogue", current: current === "catalogue" },
			{ path: "/events/feed", text: "Recent", current: current === "feed" },
		]}
	/>
);

export function Catalogue() {
	const catalogue = useCatalogue();
	const [wanted, setWanted] = useState("");
	const chosen = usePlace().search.get("event");
	return (
		<>
			<Heading title="Events" about="What webhooks can tell, each with an example and its JSON schema." />
			<EventTabs current="catalogue" />
			<QueryResult query={catalogue}>
				{(events) => {
					const text = wanted.trim().toLowerCase();
					const found = events.filter(({ event, description }) =>
						`${event} ${description}`.toLowerCase().includes(text),
					);
					const shown = events.find(({ event }) => event === chosen) ?? found[0];
					return (
						<div class="split">
							<div class="side">
								<TextField label="Find an event" type="search" value={wanted} onInput={setWanted} />
								<ul class="picks" aria-label="Events">
									{found.map(({ event }) => (
										<li key={event}>
											<button
												type="button"
												class="mono"
												aria-current={event === shown?.event ? "true" : undefined}
												onClick={() => setSearch({ event })}
											>
												{event}
											</button>
										</li>
									))}
								</ul>
							</div>
							{shown ? <Shown event={shown} /> : <Empty title="No event is called like that" />}
						</div>
					);
				}}
			</QueryResult>
		</>
	);
}

function Shown({ event }: { event: CataloguedEvent }) {
	return (
		<article class="shown">
			<h2 class="mono">{event.event}</h2>
			<p>
				<Prose text={event.description} />
			</p>
			<Facts
				facts={[
					["Speaks of", event.entity],
					["Built-in process", event.process ? <Prose text={event.process} /> : null],
				]}
			/>
			<Code name="Example" value={event.example} />
			<Code name="JSON schema" value={event.schema} />
		</article>
	);
}
