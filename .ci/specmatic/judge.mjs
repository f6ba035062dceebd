// Judges every answer of a node by the description that it serves itself, and counts.
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const shown = 300; // characters of a body in a fault

export class Judge {
  constructor(description) {
    this.description = description;
    this.counts = new Map(); // by operation
    this.faults = new Map(); // by text, with how often and an example
    this.ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, logger: false });
    addFormats(this.ajv);
    this.ajv.addSchema(description, 'api');
    this.operations = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId, method: method.toUpperCase(), path, operation,
      pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]*')}$`),
      literal: path.replace(/\{[^}]+\}/g, '').length,
    }))).sort((a, b) => b.literal - a.literal);
    for (const { id } of this.operations) this.counts.set(id, { requests: 0, good: 0, refused: 0, faults: 0, statuses: {} });
  }

  // The operation of a request; of two that fit the one with more of its path written out, as the node routes.
  operationOf(method, uri) {
    const [path] = uri.split('?');
    const all = this.operations.filter((operation) => operation.method === method && operation.pattern.test(path));
    return all.find(({ path: template }) => template === path) ?? all[0];
  }

  // Judges one answer and returns what is wrong with it, nothing when all is well.
  judge(method, uri, { status, type, content }) {
    const found = this.operationOf(method, uri);
    if (!found) return undefined; // the tool looks for descriptions at paths of other servers
    const count = this.counts.get(found.id);
    count.requests += 1;
    count.statuses[status] = (count.statuses[status] ?? 0) + 1;
    if (status < 400) count.good += 1;
    else if (status < 500) count.refused += 1;
    const wrong = this.wrong(found, status, type, content);
    if (wrong) this.fault(found, wrong, `${method} ${uri}`, content);
    return wrong;
  }

  wrong({ operation }, status, type, content) {
    if (status >= 500) return `answers ${status}`;
    let pointer = `responses/${status}`;
    let response = operation.responses[status];
    if (!response) return `status ${status} is not in the description`;
    if (response.$ref) {
      pointer = response.$ref;
      response = this.description.components.responses[response.$ref.split('/').at(-1)];
    }
    const media = type.split(';')[0].trim();
    if (!response.content) return content.length > 0 ? `${status} has a body` : undefined;
    const described = response.content[media];
    if (!described) return `${status} with content type ${media || 'none'} is not in the description`;
    if (media.endsWith('json')) return this.unfit(described.schema, status, content);
    if (media === 'text/event-stream') return this.unfitEvents(content);
    return content.length === 0 ? `${status} has no body` : undefined;
  }

  unfit(schema, status, content) {
    let value;
    try {
      value = JSON.parse(content.toString('utf8'));
    } catch (error) {
      return `${status} is no JSON: ${error.message}`;
    }
    schema.judged ??= this.ajv.compile(rooted(schema));
    if (schema.judged(value)) return undefined;
    const [first] = schema.judged.errors;
    const which = first.params.additionalProperty ?? '';
    return `${status} does not fit its schema: ${first.instancePath.replace(/\/\d+/g, '/*')} ${first.message} ${which}`.trim();
  }

  unfitEvents(content) {
    this.event ??= this.ajv.compile({ $ref: 'api#/components/schemas/Event' });
    for (const line of content.toString('utf8').split('\n').filter((text) => text.startsWith('data: '))) {
      if (!this.event(JSON.parse(line.slice('data: '.length)))) {
        const [first] = this.event.errors;
        return `an event does not fit its schema: ${first.instancePath} ${first.message}`;
      }
    }
    return undefined;
  }

  fault(operation, text, request, content) {
    const key = `${operation.id}: ${text}`;
    const known = this.faults.get(key) ?? { times: 0, request, body: content.toString('utf8').slice(0, shown) };
    known.times += 1;
    this.faults.set(key, known);
    const count = this.counts.get(operation.id);
    if (count) count.faults += 1;
    return text;
  }

  // The table per operation.
  table() {
    const row = (name, ...cells) => `${name.padEnd(24)} ${cells.map((cell) => String(cell).padStart(8)).join(' ')}`;
    const lines = [row('operation', 'requests', '2xx', '4xx', 'faults')];
    const sum = { requests: 0, good: 0, refused: 0, faults: 0 };
    for (const [id, count] of [...this.counts].sort()) {
      lines.push(row(id, count.requests, count.good, count.refused, count.faults));
      for (const name of Object.keys(sum)) sum[name] += count[name];
    }
    lines.push(row('all', sum.requests, sum.good, sum.refused, sum.faults));
    return lines.join('\n');
  }
}

// A schema with its references made from the whole description.
function rooted(schema) {
  return JSON.parse(JSON.stringify(schema), (key, value) => (key === '$ref' && value.startsWith('#') ? `api${value}` : value));
}
