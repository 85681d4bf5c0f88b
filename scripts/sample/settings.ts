// The settings of the sample organization: its lists, pipeline, products, custom fields and form.
import { type Created, createEach, type SampleContext } from "./api.ts";
import * as business from "./business.ts";
import { emailAddress } from "./people.ts";

/** A stage of leads or deals. */
interface Stage extends Created {
	readonly type: string;
}

export interface Settings {
	readonly leadStages: readonly Stage[];
	readonly sourceIds: readonly string[];
	/** By the resource that they are for. */
	readonly tagIds: Readonly<Record<string, readonly string[]>>;
	readonly userIds: readonly string[];
	readonly dealStages: readonly Stage[];
	readonly products: readonly Product[];
	readonly formId: string;
}

interface Product extends Created {
	readonly name: string;
	readonly price: number;
	readonly taxPercent: number;
	/** The range of quantities for one roof. */
	readonly usual: readonly [number, number];
}

/** Creates the settings, the lists in parallel. */
export async function createSettings({ call }: SampleContext): Promise<Settings> {
	const users = business.users.map(({ name }) => ({ name, email: emailAddress(name, "fjordlight.example") }));
	const [leadStageIds, sourceIds, tags, userIds, pipeline, productIds, [formId = ""]] = await Promise.all([
		createEach(call, "/lead-stages", business.leadStages),
		createEach(call, "/lead-sources", business.leadSources),
		createEach(call, "/tags", business.tags),
		createEach(call, "/users", users),
		call<{ stages: Stage[] }>("POST", "/pipelines", business.pipeline),
		createEach(
			call,
			"/products",
			business.products.map(({ of }) => of),
		),
		// A form's field can only map to an existing custom field.
		createEach(call, "/custom-fields", business.customFields).then(() =>
			createEach(call, "/forms", [business.form]),
		),
	]);
	return {
		leadStages: business.leadStages.map(({ type }, index) => ({ type, id: leadStageIds[index] ?? "" })),
		sourceIds,
		tagIds: Object.fromEntries(
			Map.groupBy(tags, (_, index) => business.tags[index]?.type ?? "") as Iterable<[string, string[]]>,
		),
		userIds,
		dealStages: pipeline.stages,
		products: business.products.map(({ of, usual }, index) => ({
			...of,
			usual,
			id: productIds[index] ?? "",
		})),
		formId,
	};
}
