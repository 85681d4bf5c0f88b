// Code samples. They read host and key from the environment, so they run unchanged and contain no key.

export interface Call {
	/** The HTTP method in upper case. */
	readonly method: string;
	/** The path below `/api/v1`, with example ids. */
	readonly path: string;
	readonly body?: unknown;
	/** Whether a successful answer has a body. */
	readonly hasAnswerBody: boolean;
}

/** One call with curl, in JavaScript and in Python. */
export function codeSamples({ method, path, body, hasAnswerBody: answers }: Call) {
	const json = body === undefined ? null : JSON.stringify(body, null, 2);
	const curl = [
		`curl -X ${method} "$LEADWIRE_URL/api/v1${path}"`,
		'-H "x-api-key: $LEADWIRE_API_KEY"',
		...(json
			? ['-H "content-type: application/json"', `-d '${json.replaceAll("'", String.raw`'\''`)}'`]
			: []),
	].join(" \\\n  ");

	const javascript = [
		`const response = await fetch(\`\${process.env.LEADWIRE_URL}/api/v1${path}\`, {`,
		`  method: "${method}",`,
		"  headers: {",
		'    "x-api-key": process.env.LEADWIRE_API_KEY,',
		...(json ? ['    "content-type": "application/json",'] : []),
		"  },",
		...(json ? [`  body: JSON.stringify(${json.replaceAll("\n", "\n  ")}),`] : []),
		"});",
		"if (!response.ok) throw new Error(await response.text());",
		...(answers ? ["console.log(await response.json());"] : []),
	].join("\n");

	const python = [
		"import os",
		"import requests",
		"",
		`response = requests.${method.toLowerCase()}(`,
		`    f"{os.environ['LEADWIRE_URL']}/api/v1${path}",`,
		`    headers={"x-api-key": os.environ["LEADWIRE_API_KEY"]},`,
		...(json ? [`    json=${pythonLiteral(JSON.stringify(body, null, 4)).replaceAll("\n", "\n    ")},`] : []),
		")",
		"response.raise_for_status()",
		...(answers ? ["print(response.json())"] : []),
	].join("\n");

	return [
		{ lang: "shell", label: "curl", source: curl },
		{ lang: "javascript", label: "JavaScript", source: javascript },
		{ lang: "python", label: "Python", source: python },
	];
}

const PYTHON_WORDS: Readonly<Record<string, string>> = { true: "True", false: "False", null: "None" };

/** JSON as a Python literal, which only differs in `true`, `false` and `null` outside of strings. */
function pythonLiteral(json: string): string {
	return json.replaceAll(
		/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g,
		(token) => PYTHON_WORDS[token] ?? token,
	);
}
