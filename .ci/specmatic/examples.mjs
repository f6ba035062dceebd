// Makes and finds what requests can be about on a development network after its quickstart: ids, numbers, files, links.
// Every request on the way is judged too.
import { newPerson, sha256 } from './client.mjs';

const json = 'application/json';
const policy = `name: test
rules:
  - id: large
    dimension: scenario
    when: scenario.amount > 20000000
    then: refer
    reason: It is large.
    reasonZh: 金额较大。
pricing:
  kind: sale-without-recourse
  basis: 360
  interest: prepaid
  rate: 26200
  advance: 1000000
  fee: 2000
  validHours: 4
`;

// Who sends what; of other reads, whoever of the readers is answered.
const senders = {
  putAttachment: 'supplier1/maker', putAttachments: 'supplier1/maker', linkAttachment: 'supplier1/maker',
  readBankMessages: 'bank1/maker', answerBankException: 'bank1/maker', reconcileRun: 'bank1/maker', writePaymentOrder: 'bank1/maker',
  previewBatch: 'core/maker', setContact: 'core/maker', retryMessage: 'core/maker', makeFingerprints: 'supplier1/maker',
  makeInvitation: 'core/maker', revokeInvitation: 'core/maker', refuseEnrolment: 'bank1/maker', refuseRecovery: 'bank1/maker',
  adoptPolicy: 'bank1/reviewer', decideFinancing: 'bank1/maker', testPolicy: 'bank1/reviewer', makeCheckpoint: 'bank1/admin1',
  addWebhook: 'core/maker', deleteWebhook: 'core/maker', testWebhook: 'core/maker', confirmWebhook: 'core/checker',
  retryWebhookDelivery: 'core/maker',
};
const readers = ['auditor/maker', 'bank1/maker', 'core/maker', 'supplier1/maker', 'bank1/reviewer'];

// A social credit code with its check character (GB 32100-2015).
function creditCode(body) {
  const characters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  let weight = 1;
  let sum = 0;
  for (const character of body) {
    sum += characters.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return body + characters[(31 - (sum % 31)) % 31];
}

class Gathering {
  constructor(client, judge, members) {
    Object.assign(this, { client, judge, parameters: {}, bodies: {}, chosen: {} });
    this.id = Object.fromEntries(members.map(({ alias, id }) => [alias, id]));
  }

  // Sends a request, has the answer judged, and gives what it says; nothing when it is refused.
  async ask(name, method, path, body = undefined, type = json) {
    const content = body === undefined ? undefined : Buffer.from(type === json ? JSON.stringify(body) : body);
    const answer = await this.client.send(name, method, path, content ? { 'content-type': type } : {}, content);
    this.judge.judge(method, path, answer);
    if (answer.status >= 300) {
      this.refused = `${answer.status} ${answer.content}`;
      return undefined;
    }
    return answer.type.startsWith(json) ? JSON.parse(answer.content) : answer;
  }

  async need(...request) {
    const answer = await this.ask(...request);
    if (answer === undefined) throw new Error(`${request[1]} ${request[2]} as ${request[0]}: ${this.refused}`);
    return answer;
  }

  async ids(path, name = 'auditor/maker', of = (item) => item.id) {
    return (await this.need(name, 'GET', path)).items.map(of);
  }

  set(values, ...operations) {
    for (const operation of operations) this.parameters[operation] = { ...this.parameters[operation], ...values };
  }

  async records() {
    const numbers = await this.ids('/v1/certificates', 'auditor/maker', ({ number }) => number);
    const holdings = (await this.need('auditor/maker', 'GET', `/v1/holdings?certificate=${numbers[0]}`)).items;
    this.set({ number: numbers }, 'getCertificate', 'getCertificateTree', 'getCertificateHistory', 'getCertificateLineage',
      'getCertificateRules', 'printCertificate');
    this.set({ number: [numbers[0]], id: holdings.slice(0, 2).map(({ id }) => id) }, 'printHolding');
    this.set({ fen: ['1', '10000'] }, 'getCertificateLineage');
    const [first] = (await this.need('auditor/maker', 'GET', `/v1/certificates/${numbers[0]}/history`)).items;
    this.set({ id: [first.txId] }, 'getTransaction');
    this.set({ certificate: [numbers[0]] }, 'listHoldings', 'listExtensions', 'listWaivers');
    const [financing] = await this.ids('/v1/financings');
    this.set({ id: [financing] }, 'getFinancing', 'getRegistryText');
    this.set({ financing: [financing] }, 'listDecisions');
    this.bodies.decideFinancing = { financing: [financing] };
    const [run] = await this.ids('/v1/runs');
    this.set({ id: [run] }, 'getRun', 'listRunLegs', 'listPaymentOrders', 'listSealedAccounts', 'writePaymentOrder', 'reconcileRun');
    this.set({ run: [run] }, 'reportLegs');
    const legs = await this.ids(`/v1/runs/${run}/legs?limit=2`);
    this.set({ id: legs }, 'getLeg', 'getSettlement');
    const invoices = await this.ids('/v1/invoices', 'auditor/maker', ({ fingerprint }) => fingerprint);
    this.set({ fingerprint: invoices.slice(0, 2) }, 'getInvoice');
    for (const [one, many] of [['getContract', 'contracts'], ['getDelivery', 'deliveries'], ['getConfirmation', 'confirmations'],
      ['getPledge', 'pledges'], ['getOrder', 'orders'], ['getExtension', 'extensions'], ['getProposal', 'proposals'], ['getTransfer', 'transfers']]) {
      const ids = await this.ids(`/v1/${many}`);
      if (ids.length > 0) this.set({ id: ids.slice(0, 2) }, one);
    }
    const contracts = await this.ids('/v1/contracts', 'supplier1/maker');
    this.set({ contract: contracts.slice(0, 1) }, 'listDeliveries');
    this.set({ kind: ['contract'], id: contracts.slice(0, 1) }, 'listAttachments');
    this.bodies.linkAttachment = { kind: ['contract'], id: contracts.slice(0, 1), name: ['contract.pdf'] };
    this.set({ q: [numbers[0].slice(0, 20), this.id.core] }, 'search');
    const { reference, issueDate, payment } = (await this.need('auditor/maker', 'GET', `/v1/certificates/${numbers[0]}`));
    this.set({ debtor: [this.id.core], reference: [reference] }, 'getReference');
    this.set({ month: [issueDate.slice(0, 7), payment.slice(0, 7)] }, 'getStatement', 'printStatement', 'writeStatement', 'writeVouchers');
  }

  async people() {
    const all = Object.values(this.id);
    this.set({ id: [this.id.core, this.id.supplier1] }, 'getMember', 'listAccounts', 'listCredentials', 'getMemberPolicy');
    const [key] = await this.ids(`/v1/members/${this.id.core}/credentials`);
    this.set({ key: [key] }, 'getCredential');
    this.set({ id: [this.id.core] }, 'getLadder');
    const { network } = this.client;
    const invite = () => this.need('core/maker', 'POST', '/v1/invitations', { name: '新供应商', language: 'zh' });
    const [taken, open, withdrawn] = [await invite(), await invite(), await invite()];
    const id = creditCode('91330100TEXT00000');
    const persons = [
      { ...await newPerson(network, id, 'admin1'), roles: ['admin'] }, { ...await newPerson(network, id, 'maker1'), roles: ['maker'] },
    ];
    const application = { id, name: '新供应商', class: 'small', contact: '张先生 0571-0000000', credentials: persons, documents: [] };
    const { reference } = await this.need(undefined, 'POST', `/v1/invitations/by-token/${taken.token}/enrolment`, application);
    this.set({ token: [taken.token] }, 'getInvitation', 'getOwnEnrolment', 'enrol');
    this.bodies.enrol = Object.fromEntries(Object.entries(application).map(([name, value]) => [name, [value]]));
    this.set({ id: [reference] }, 'getEnrolment', 'refuseEnrolment');
    this.set({ id: [withdrawn.id, open.id] }, 'revokeInvitation');
    const lost = await newPerson(network, this.id.core, 'admin1');
    const plea = {
      member: this.id.core, ...lost, roles: ['admin'], reason: 'lost', contact: '李女士', request: '0'.repeat(63) + '1',
    };
    for (const id of await this.ids('/v1/recoveries?state=waiting', 'bank1/maker', (item) => item.reference)) {
      await this.ask('bank1/maker', 'POST', `/v1/recoveries/${id}/refusal`, { reason: 'an earlier run' }); // few may wait
    }
    const asked = await this.need(undefined, 'POST', '/v1/recoveries', plea);
    this.set({ id: [asked.reference] }, 'getRecovery', 'refuseRecovery');
    this.set({ reference: [asked.reference] }, 'getOwnRecovery');
    this.bodies.askRecovery = Object.fromEntries(Object.entries(plea).map(([name, value]) => [name, [value]]));
    this.bodies.makeInvitation = { id: [id], email: ['a@example.com'] };
    this.bodies.makeFingerprints = { facts: [[{ seller: this.id.supplier1, buyer: this.id.core, number: '00000001', code: '', date: '2026-11-01', amount: '100.00' }]] };
    this.bodies.setContact = { email: ['a@example.com'], phone: ['+8613800000000'], wecom: ['zhang'] };
    this.members = all;
  }

  async desk() {
    const text = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
    const digest = (await sha256(text)).toString('hex');
    await this.need('supplier1/maker', 'PUT', `/v1/attachments/${digest}?name=contract.pdf`, text, 'application/pdf');
    this.set({ sha256: [digest] }, 'getAttachment', 'linkAttachment');
    this.chosen.getAttachment = 'supplier1/maker';
    this.chosen.listAttachments = 'supplier1/maker';
    await this.need('supplier1/maker', 'POST', '/v1/attachments/bulk', zip('a.pdf', text), 'application/zip');
    await this.need('bank1/reviewer', 'POST', '/v1/policy/versions', { text: policy });
    await this.need('bank1/maker', 'POST', '/v1/policy/decisions', { financing: this.bodies.decideFinancing.financing[0] });
    this.set({ number: [1] }, 'replayDecision', 'getPolicyVersion');
    this.bodies.adoptPolicy = { text: [policy] };
    this.bodies.testPolicy = { text: [policy] };
    const hook = () => this.need('core/maker', 'POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/' });
    const [kept, removed] = [await hook(), await hook()];
    await this.need('core/checker', 'POST', `/v1/webhooks/${kept.id}/confirmation`);
    this.set({ id: [kept.id] }, 'getWebhook', 'confirmWebhook', 'testWebhook', 'listWebhookDeliveries', 'retryWebhookDelivery');
    this.set({ id: [removed.id] }, 'deleteWebhook');
    this.bodies.addWebhook = { url: ['http://127.0.0.1:9/'], kinds: null };
    for (const operation of ['getWebhook', 'listWebhooks', 'listWebhookDeliveries', 'getContact', 'listMessages', 'listInvitations']) this.chosen[operation] = 'core/maker';
    const rows = [{ creditor: this.id.supplier1, amount: '1000.00', days: '90', reference: 'PO-1' }];
    await this.ask('core/maker', 'POST', '/v1/batches/preview', { rows });
    this.bodies.previewBatch = { rows: [rows] };
    const transaction = await this.client.transaction('core/maker', 'certificate:Issue', {});
    await this.ask(undefined, 'POST', '/v1/transactions', { transaction });
    this.bodies.submitTransaction = { transaction: [transaction] };
    this.set({ timeout: ['5s'] }, 'submitTransaction');
    this.set({ columns: ['creditor=供应商代码,amount=应付金额'] }, 'previewBatch');
    const { height } = await this.need(undefined, 'GET', '/v1/status');
    this.set({ height: [height] }, 'getStatus');
  }

  // What a parameter of an operation can be; nothing when it can be anything that fits its schema.
  values(operation, { name, in: where }) {
    const own = this.parameters[operation.operationId]?.[name];
    if (own !== undefined) return own;
    if (where !== 'query') return undefined;
    if (name === 'bank' || name.endsWith('Bank')) return [this.id.bank1];
    if (['member', 'debtor', 'owner', 'creditor', 'counterparty', 'payee', 'turn'].includes(name)) return [this.id.core];
    if (name === 'function') return ['certificate:Issue'];
    if (name === 'cursor') return null; // a random one is none
    return undefined;
  }

  // Finds who is answered, and a cursor where there is a second page.
  async choose({ id, method, path, operation }) {
    if (senders[id]) this.chosen[id] = senders[id];
    if (!operation.security) this.chosen[id] = undefined;
    if (method !== 'GET') return;
    const parameters = operation.parameters ?? [];
    const uri = (extra) => {
      const query = new URLSearchParams(extra);
      let filled = path;
      for (const parameter of parameters.filter(({ required }) => required)) {
        const [value] = this.values(operation, parameter) ?? ['none'];
        if (parameter.in === 'path') filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value));
        if (parameter.in === 'query') query.set(parameter.name, value);
      }
      return query.size > 0 ? `${filled}?${query}` : filled;
    };
    const paged = parameters.some(({ name }) => name === 'cursor') && parameters.some(({ name }) => name === 'limit');
    const names = operation.security ? [this.chosen[id] ?? readers].flat() : [undefined];
    for (const name of names) {
      const answer = await this.ask(name, 'GET', uri(paged ? { limit: 1 } : {}));
      if (answer === undefined) continue;
      this.chosen[id] = name;
      if (answer.next) this.set({ cursor: [answer.next] }, id);
      return;
    }
    this.chosen[id] ??= operation.security ? readers[0] : undefined;
  }

  as(operation) { return operation && this.chosen[operation.id]; }
}

// A ZIP archive of one file that is not compressed.
function zip(name, content) {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(0x21, 8); // 1980-01-01
  about.writeUInt32LE(~crc >>> 0, 10);
  about.writeUInt32LE(content.length, 14);
  about.writeUInt32LE(content.length, 18);
  about.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), content]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), about, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
}

export async function gather(client, judge, members) {
  const gathering = new Gathering(client, judge, members);
  await gathering.records();
  await gathering.people();
  await gathering.desk();
  for (const operation of judge.operations) await gathering.choose(operation);
  return gathering;
}
