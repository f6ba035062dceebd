// The description with parameters and bodies narrowed to what exists, for Specmatic to make requests from. Answers are
// judged by the description as it is served.
const methods = ['get', 'put', 'post', 'delete'];

// A schema of exactly these values.
function only(schema, values) {
  const { description, type } = schema ?? {};
  if (values.some((value) => typeof value === 'object')) return { ...schema, example: values[0], examples: values };
  return { description, type: [type].flat().find((one) => one !== 'null') ?? 'string', enum: values };
}

function narrowBody(description, operation, values) {
  const media = operation.requestBody?.content?.['application/json'];
  if (!media || !values) return;
  const schema = media.schema.$ref ? description.components.schemas[media.schema.$ref.split('/').at(-1)] : media.schema;
  const properties = { ...schema.properties };
  for (const [name, list] of Object.entries(values)) {
    if (list === null) delete properties[name];
    else properties[name] = only(properties[name], list);
  }
  const example = Object.fromEntries(Object.entries(values).filter(([, list]) => list !== null).map(([name, [value]]) => [name, value]));
  media.schema = { ...schema, properties };
  if (Object.values(example).some((value) => typeof value === 'object')) media.example = example;
}

// The tool takes every XML for a schema of elements; the others stand for it.
function withoutXML(content) {
  if (!content?.['application/xml']) return;
  const { 'application/xml': xml } = content;
  delete content['application/xml'];
  if (Object.keys(content).length === 0) content['application/octet-stream'] = xml;
}

export function narrow(served, examples) {
  const description = structuredClone(served);
  for (const path of Object.values(description.paths)) {
    for (const operation of methods.map((method) => path[method]).filter(Boolean)) {
      operation.parameters = (operation.parameters ?? []).flatMap((parameter) => {
        const values = examples.values(operation, parameter);
        if (values === null) return [];
        return [values === undefined ? parameter : { ...parameter, schema: only(parameter.schema, values) }];
      });
      narrowBody(description, operation, examples.bodies[operation.operationId]);
      withoutXML(operation.requestBody?.content);
      for (const response of Object.values(operation.responses)) {
        withoutXML(response.content);
        for (const media of Object.values(response.content ?? {})) delete media.example; // they belong to no request here
      }
    }
  }
  return description;
}
