// What fills dropdowns.
import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from "n8n-workflow";
import { call, list } from "./api";

const option = (name: unknown, value: unknown): INodePropertyOptions => ({
	name: String(name),
	value: String(value),
});

const rowsOf = (path: string) =>
	async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return (await list(this, path, {}, 500)).map(({ id, name }) => option(name, id));
	};

export const loadOptions = {
	getClients: rowsOf("clients"),
	getLeadSources: rowsOf("lead-sources"),
	getLeadStages: rowsOf("lead-stages"),
	getPipelines: rowsOf("pipelines"),
	getTags: rowsOf("tags"),
	getUsers: rowsOf("users"),

	/** The stages of all pipelines, each with the name of its pipeline. */
	async getDealStages(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const pipelines = await list(this, "pipelines", {});
		return pipelines.flatMap(({ name, stages }) =>
			(stages as IDataObject[]).map((stage) => option(`${name}: ${stage.name}`, stage.id)),
		);
	},

	/** The fields that the organization has defined for the chosen resource, each with its type. */
	async getCustomFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const entity = `${this.getCurrentNodeParameter("resource")}s`;
		return (await list(this, "custom-fields", { entity })).map(({ key, label, type }) =>
			option(label, `${key}:${type}`),
		);
	},

	/** The events that the organization may subscribe to, by the names of the API. */
	async getEvents(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const topics = await call<{ items: IDataObject[] }>(this, "webhooks/topics");
		return (topics?.items ?? []).map(({ event, description }) => ({
			...option(event, event),
			description: String(description),
		}));
	},
};

export type LoadOptionsMethod = keyof typeof loadOptions;
