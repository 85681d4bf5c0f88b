// The settings of the sample organization: its lists, pipeline, products, custom fields and form.
import { each, type Made, type World } from "./api.ts";
import * as business from "./business.ts";
import { address } from "./people.ts";

/** A stage of leads or deals. */
interface Stage extends Made {
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

interface Product extends Made {
	readonly name: string;
	readonly price: number;
	readonly taxPercent: number;
	/** The range of quantities for one roof. */
	readonly usual: readonly [number, number];
}

/** Creates the settings, the lists in parallel. */
export async function setUp({ call }: World): Promise<Settings> {
	const users = business.users.map(({ name }) => ({ name, email: address(name, "fjordlight.example") }));
	const [leadStageIds, sourceIds, tags, userIds, pipeline, productIds, [formId = ""]] = await Promise.all([
		each(call, "/lead-stages", business.leadStages),
		each(call, "/lead-sources", business.leadSources),
		each(call, "/tags", business.tags),
		each(call, "/users", users),
		call<{ stages: Stage[] }>("POST", "/pipelines", business.pipeline),
		each(
			call,
			"/products",
			business.products.map(({ of }) => of),
		),
		// A form's field can only map to an existing custom field.
		each(call, "/custom-fields", business.customFields).then(() => each(call, "/forms", [business.form])),
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
