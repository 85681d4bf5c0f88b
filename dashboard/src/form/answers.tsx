// The answers to the questions of the form that a response is for.
import { useQuery } from "@tanstack/preact-query";
import { records } from "../records.ts";
import { customField } from "../schema/fields.ts";
import { Empty, QueryResult } from "../ui/feedback.tsx";
import type { NestedProps } from "./field-input.tsx";
import { Group } from "./group.tsx";

type Question = Omit<Parameters<typeof customField>[0], "helpText">;

interface Props extends Omit<NestedProps, "fields"> {
	/** Empty until the form is chosen. */
	readonly formId: string;
}

export function Answers({ formId, ...bound }: Props) {
	const form = useQuery({
		queryKey: ["data", "forms", formId],
		queryFn: () => records.get({ path: "forms" }, formId),
		enabled: formId !== "",
	});
	if (formId === "") return <Empty title="Choose the form, to see its questions." />;
	return (
		<QueryResult query={form}>
			{({ fields }) => (
				<Group
					{...bound}
					fields={(fields as readonly Question[]).map((one) => customField({ ...one, helpText: null }))}
				/>
			)}
		</QueryResult>
	);
}
