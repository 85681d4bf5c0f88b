// The settings page: the organization, its pipelines, and the stages and sources of leads.
import { useQuery } from "@tanstack/preact-query";
import { api, callApi } from "../../api.ts";
import { fieldLabel } from "../../format.ts";
import { readAll } from "../../paging.ts";
import { useHasScope } from "../../session.tsx";
import { QueryResult } from "../../ui/feedback.tsx";
import { Facts, Heading, Section } from "../../ui/layout.tsx";
import { ListTabs } from "../data/browse.tsx";
import { EntryList } from "./entries.tsx";
import { leadSources, leadStages } from "./lists.ts";
import { OrganizationForm } from "./organization.tsx";
import { type Pipeline, PipelineForm } from "./pipeline.tsx";

export function Settings() {
	const organization = useQuery({
		queryKey: ["organization"],
		queryFn: () => callApi(api.GET("/organization")),
	});
	const pipelines = useQuery({
		queryKey: ["pipelines"],
		queryFn: () =>
			readAll<Pipeline>((cursor) =>
				callApi(api.GET("/pipelines", { params: { query: { limit: 100, ...cursor } } })),
			),
	});
	const mayWrite = useHasScope("organization:write");
	const mayWritePipelines = useHasScope("pipelines:write");
	return (
		<>
			<Heading
				title="Settings"
				about="Your organization, and the lists that its leads and deals go through."
			/>
			<ListTabs group="settings" current="organization" />
			<Section title="Organization">
				<QueryResult query={organization}>
					{(found) =>
						mayWrite ? (
							<OrganizationForm
								organization={found}
								reload={async () => (await organization.refetch({ throwOnError: true })).data}
							/>
						) : (
							<Facts
								facts={[
									["Name", found.name],
									["Time zone", found.timezone],
									["Currency", found.currency],
								]}
							/>
						)
					}
				</QueryResult>
			</Section>
			<QueryResult query={pipelines}>
				{(found) =>
					found.map((pipeline) => (
						<Section key={pipeline.id} title={`Pipeline: ${pipeline.name}`}>
							{mayWritePipelines ? (
								<PipelineForm
									pipeline={pipeline}
									reload={async () => {
										const { data } = await pipelines.refetch({ throwOnError: true });
										return data?.find(({ id }) => id === pipeline.id);
									}}
								/>
							) : (
								<Facts facts={pipeline.stages.map(({ name, type }) => [name, fieldLabel(type)] as const)} />
							)}
						</Section>
					))
				}
			</QueryResult>
			<Section title="Lead stages">
				<EntryList list={leadStages} />
			</Section>
			<Section title="Lead sources">
				<EntryList list={leadSources} />
			</Section>
		</>
	);
}
