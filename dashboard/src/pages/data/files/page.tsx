// Import and export of a kind of record.
import { useQuery } from "@tanstack/preact-query";
import { createFields, recordFields } from "../../../../../sdk/src/cli/csv/fields.ts";
import { ownDocument } from "../../../api.ts";
import { fieldLabel } from "../../../format.ts";
import { useHasScope } from "../../../session.tsx";
import { QueryResult } from "../../../ui/feedback.tsx";
import { Heading, Section } from "../../../ui/layout.tsx";
import { Export } from "./export.tsx";
import { Import } from "./import.tsx";
import type { Noun } from "./nouns.ts";

export function Files({ noun }: { noun: Noun }) {
	const document = useQuery({ queryKey: ["own-document"], queryFn: ownDocument });
	const mayWrite = useHasScope(`${noun}:write`);
	return (
		<>
			<Heading
				title={`Import and export ${noun}`}
				up={{ path: `/data/${noun}`, text: fieldLabel(noun) }}
				about="CSV files, as spreadsheets and other programs write them."
			/>
			<QueryResult query={document}>
				{(found) => (
					<>
						{mayWrite ? <Import noun={noun} fields={createFields(found, noun)} /> : null}
						<Section title="Export">
							<Export noun={noun} fields={recordFields(found, noun)} />
						</Section>
					</>
				)}
			</QueryResult>
		</>
	);
}
