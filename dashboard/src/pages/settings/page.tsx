// The settings page: the organization, its pipelines, and the stages and sources of leads.
import { useQuery } from "@tanstack/preact-query";
import { api, ask } from "../../api.ts";
import { readAll } from "../../paging.ts";
import { useMay } from "../../session.tsx";
import { Loaded } from "../../ui/feedback.tsx";
import { Heading, Section } from "../../ui/layout.tsx";
import { EntryList } from "./entries.tsx";
import { leadSources, leadStages } from "./lists.ts";
import { OrganizationForm } from "./organization.tsx";
import { type Pipeline, PipelineForm } from "./pipeline.tsx";

export function Settings() {
	const organization = useQuery({ queryKey: ["organization"], queryFn: () => ask(api.GET("/organization")) });
	const pipelines = useQuery({
		queryKey: ["pipelines"],
		queryFn: () =>
			readAll<Pipeline>((cursor) =>
				ask(api.GET("/pipelines", { params: { query: { limit: 100, ...cursor } } })),
			),
	});
	const mayWritePipelines = useMay("pipelines:write");
	return (
		<>
			<Heading
				title="Settings"
				about="Your organization, and the lists that its leads and deals go through."
			/>
			<Section title="Organization">
				<Loaded query={organization}>
					{(found) => <OrganizationForm key={found.version} organization={found} />}
				</Loaded>
			</Section>
			<Loaded query={pipelines}>
				{(found) =>
					found.map((pipeline) => (
						<Section key={pipeline.id} title={`Pipeline: ${pipeline.name}`}>
							<PipelineForm key={pipeline.version} pipeline={pipeline} mayWrite={mayWritePipelines} />
						</Section>
					))
				}
			</Loaded>
			<Section title="Lead stages">
				<EntryList list={leadStages} />
			</Section>
			<Section title="Lead sources">
				<EntryList list={leadSources} />
			</Section>
		</>
	);
}
