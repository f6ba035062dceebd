package execute_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// proposal is an open proposal, or one that was decided a moment ago.
type proposal struct {
	call
	id       string
	manifest record.Digest
	quorum   record.Quorum
}

// propose makes a call a proposal of the same person. What its execution returns
// is learnt when somebody's approval executes it.
func (x *life) propose(c call) call {
	if c.function == "" {
		return c
	}
	return call{
		who: c.who, function: "approval:Propose", argument: fields{"function": c.function, "argument": c.argument},
		learn: func(result []byte) {
			p := proposal{call: c}
			var made struct {
				ID       string
				Manifest record.Digest
			}
			if err := json.Unmarshal(result, &made); err != nil {
				x.Fatal(err)
			}
			p.id, p.manifest = made.ID, made.Manifest
			p.quorum = find(x, record.ProposalKey(p.id)).Quorum
			x.proposals = append(x.proposals, p)
		},
	}
}

// decide approves a proposal, and now and then refuses or withdraws it.
func (x *life) decide(t *rapid.T) call {
	motions := chance(t, "motions", 3) // they need several approvals
	p, ok := mostly(t, "proposal", x.proposals, func(p proposal) bool {
		return find(x, record.ProposalKey(p.id)).State == record.ProposalOpen && (!motions || p.quorum == record.QuorumBanks)
	})
	if !ok {
		return call{}
	}
	switch between(t, "decision", 0, 19) {
	case 0:
		return call{who: x.approver(t, p), function: "approval:Refuse", argument: fields{"id": p.id, "reason": "not agreed"}}
	case 1:
		return call{who: p.who, function: "approval:Withdraw", argument: fields{"id": p.id}}
	case 2:
		return call{who: p.who, function: "approval:Approve", argument: fields{"id": p.id, "manifest": p.manifest}}
	}
	return call{
		who: x.approver(t, p), function: "approval:Approve", argument: fields{"id": p.id, "manifest": p.manifest},
		learn: func(result []byte) {
			var out struct {
				State   record.ProposalState
				Code    string
				Outcome json.RawMessage
			}
			if err := json.Unmarshal(result, &out); err != nil {
				x.Fatal(err)
			}
			if out.State == record.ProposalOpen {
				return
			}
			x.proposals = slices.DeleteFunc(x.proposals, func(q proposal) bool { return q.id == p.id })
			x.tally.proposed(p.function, out.State, out.Code)
			if out.State == record.ProposalExecuted && p.learn != nil {
				p.learn(out.Outcome)
			}
		},
	}
}

// approver is somebody whose approval a proposal needs.
func (x *life) approver(t *rapid.T, p proposal) string {
	stored := find(x, record.ProposalKey(p.id))
	own := x.names[stored.Member]
	switch p.quorum {
	case record.QuorumAdmins:
		return oneOf(t, "admin", own+"/admin2", own+"/admin2", "bank1/checker")
	case record.QuorumCounterparty:
		return x.names[stored.Counterparty] + "/checker"
	case record.QuorumInstitution:
		return oneOf(t, "institution", "bank2/checker", "auditor/maker", "operator/checker")
	case record.QuorumBanks:
		bank, _ := mostly(t, "bank", []string{"bank1", "bank2", "bank3", "bank4"}, func(alias string) bool {
			return alias != own && !slices.ContainsFunc(stored.Approvals, func(a record.Approval) bool { return a.Member == x.IDs[alias] })
		})
		return bank + "/checker"
	default:
		return own + "/checker"
	}
}

func digestOf(text string) record.Digest { return sha256.Sum256([]byte(text)) }

func (x *life) instrument(more fields) fields {
	x.serial++
	in := fields{"authority": "Court of Hangzhou", "docket": fmt.Sprint("docket ", x.serial), "document": x.document()}
	for k, v := range more {
		in[k] = v
	}
	return in
}

func (x *life) freeze(t *rapid.T) call {
	h, ok := x.drawHolding(t)
	if !ok {
		return call{}
	}
	in := fields{"target": h.Owner, "certificates": []string{h.Certificate}, "amount": fen(t, "amount", 1, 80_000)}
	return x.propose(call{who: "bank1/maker", function: "certificate:Freeze", argument: x.instrument(in), learn: keep(&x.orders)})
}

func (x *life) unfreeze(t *rapid.T) call {
	id, ok := mostly(t, "order", x.orders, func(id string) bool { return find(x, record.OrderKey(id)).State == record.OrderInForce })
	if !ok {
		return call{}
	}
	return x.propose(call{who: "bank1/maker", function: "certificate:Unfreeze", argument: x.instrument(fields{"order": id})})
}

func (x *life) judicial(t *rapid.T) call {
	h, ok := x.drawHolding(t)
	if !ok {
		return call{}
	}
	in := fields{"target": h.Owner, "receiver": x.IDs[oneOf(t, "receiver", append(x.firms, "bank2")...)], "certificate": h.Certificate}
	if id, ok := recent(t, "order", x.orders); ok && rapid.Bool().Draw(t, "by a freeze") {
		in["freeze"] = id
	}
	if rapid.Bool().Draw(t, "by amount") {
		in["amount"] = fen(t, "amount", 1, int64(h.Amount()))
	} else {
		in["interval"] = drawInterval(t, h.Interval)
	}
	return x.propose(call{who: "bank1/maker", function: "certificate:JudicialTransfer", argument: x.instrument(in)})
}

func (x *life) succession(t *rapid.T) call {
	h, ok := x.drawHolding(t)
	if !ok {
		return call{}
	}
	in := fields{"target": h.Owner, "receiver": x.IDs[oneOf(t, "receiver", append(x.firms, "bank1")...)], "certificates": []string{h.Certificate}}
	return x.propose(call{who: "operator/maker", function: "certificate:Succession", argument: x.instrument(in)})
}

func (x *life) void(t *rapid.T) call {
	id, ok := mostly(t, "certificate", x.certificates, x.active)
	if !ok {
		return call{}
	}
	c := find(x, record.CertificateKey(id))
	return x.propose(call{who: x.maker(x.names[c.Debtor]), function: "certificate:Void", argument: fields{"certificate": id, "reason": "goods returned"}})
}

func (x *life) pledge(t *rapid.T) call {
	h, ok := x.drawHolding(t)
	if !ok {
		return call{}
	}
	return x.propose(call{who: x.maker(x.names[h.Owner]), function: "certificate:Pledge", learn: keep(&x.pledges), argument: fields{
		"leg": legOf(t, h), "pledgee": x.IDs[oneOf(t, "pledgee", "bank1", "bank2")], "secured": "100.00",
		"registration": "registration 1", "document": x.document(),
	}})
}

func (x *life) releasePledge(t *rapid.T) call {
	id, ok := mostly(t, "pledge", x.pledges, func(id string) bool { return find(x, record.PledgeKey(id)).State == record.PledgeActive })
	if !ok {
		return call{}
	}
	v := find(x, record.PledgeKey(id))
	return x.either(t, call{who: x.maker(x.names[v.Pledgee]), function: "certificate:ReleasePledge", argument: fields{"id": id}})
}

func (x *life) grant(t *rapid.T) call {
	debtor := oneOf(t, "debtor", x.firms...)
	return x.either(t, call{who: "bank1/maker", function: "credit:Grant", argument: fields{
		"id": debtor, "debtor": x.IDs[debtor], "group": oneOf(t, "group", "group", "group", ""),
		"limit": fen(t, "limit", 10_000, 200_000), "from": x.today(), "to": x.today().AddDays(between(t, "days", 1, 300)),
	}})
}

func (x *life) group(t *rapid.T) call {
	in := fields{"id": "group", "cap": fen(t, "cap", 50_000, 600_000)}
	if chance(t, "wider", 3) {
		in["parent"] = "wider"
	} else if chance(t, "the wider", 3) {
		in["id"] = "wider"
	}
	return call{who: "bank1/maker", function: "credit:SetGroup", argument: in}
}

func (x *life) freezeLine(t *rapid.T) call {
	return call{
		who: "bank1/maker", function: oneOf(t, "line", "credit:FreezeLine", "credit:UnfreezeLine"),
		argument: fields{"id": oneOf(t, "debtor", x.firms...), "reason": "review"},
	}
}

// newKey makes a key for one of a member's people.
func (x *life) newKey(alias, person string, may record.PersonRoles) (credential.PrivateKey, member.CredentialArgument) {
	key, err := credential.Generate(credential.EdDSA, rand.Reader)
	if err != nil {
		x.Fatal(err)
	}
	possession, err := credential.SignPossession(key, ledgertest.Network, x.IDs[alias], person)
	if err != nil {
		x.Fatal(err)
	}
	return key, member.CredentialArgument{
		Person: person, Roles: may, PublicKey: key.Public().SPKI(), Possession: possession,
		NotBefore: x.now(), NotAfter: x.now().Add(5 * 365 * 24 * time.Hour),
	}
}

// enrolment makes a new member with its people's keys.
func (x *life) enrolment(roles record.Roles, class record.Class) member.EnrolArgument {
	x.serial++
	alias := fmt.Sprint("new", x.serial)
	id, err := number.CompleteSocialCredit(fmt.Sprintf("91330200%09d", x.serial))
	if err != nil {
		x.Fatal(err)
	}
	x.IDs[alias], x.names[id] = id, alias
	in := member.EnrolArgument{ID: id, Name: alias, Class: class, Roles: roles}
	for person, may := range map[string]record.PersonRoles{
		"admin1": record.Admin, "admin2": record.Admin, "maker": record.Maker, "checker": record.Checker,
	} {
		key, c := x.newKey(alias, person, may)
		x.Keys[alias+"/"+person] = key
		in.Credentials = append(in.Credentials, c)
	}
	return in
}

// member enrols firms and changes their standing.
func (x *life) member(t *rapid.T) call {
	if rapid.Bool().Draw(t, "enrol") {
		in := x.enrolment(record.Holder|record.Debtor, record.SmallEnterprise)
		return call{who: "bank1/maker", function: "member:Enrol", argument: in, learn: func([]byte) { x.newcomers = append(x.newcomers, in.Name) }}
	}
	who := oneOf(t, "member", append(x.newcomers, "ore")...)
	if chance(t, "update", 4) {
		return call{who: "bank1/maker", function: "member:Update", argument: fields{
			"member": x.IDs[who], "name": fmt.Sprint(who, " ", x.serial), "class": oneOf(t, "class", "small", "medium", "large"),
		}}
	}
	function := "member:Suspend"
	if m := find(x, record.MemberKey(x.IDs[who])); m.State == record.MemberSuspended || chance(t, "anyway", 8) {
		function = "member:Resume"
	}
	return call{who: oneOf(t, "by", "bank1/maker", "operator/maker"), function: function, argument: fields{"member": x.IDs[who], "reason": "review"}}
}

// institution does the same for members without a sponsor, by motion.
func (x *life) institution(t *rapid.T) call {
	c := call{who: "bank1/maker"}
	suspended := find(x, record.MemberKey(x.IDs["auditor"])).State == record.MemberSuspended
	if suspended && chance(t, "resume", 2) {
		c.function, c.argument = "member:ResumeInstitution", fields{"member": x.IDs["auditor"], "reason": "reviewed"}
		return x.propose(c)
	}
	switch between(t, "motion", 0, 4) {
	case 0:
		c.function, c.argument = "member:AdmitInstitution", x.enrolment(record.Auditor, record.PublicBody)
	case 1:
		c.function, c.argument = "member:UpdateInstitution", fields{"member": x.IDs["auditor"], "name": fmt.Sprint("auditor ", x.serial), "class": "public-body"}
	case 2:
		c.function, c.argument = "member:SuspendInstitution", fields{"member": x.IDs["auditor"], "reason": "review"}
	case 3:
		c.function, c.argument = "member:SetFingerprintEpoch", fields{"epoch": find(x, record.SettingsKey()).FingerprintEpoch + 1}
	case 4:
		_, key := x.newKey("bank3", fmt.Sprint("admin", x.serial), record.Admin)
		key.NotBefore = x.now().Add(48 * time.Hour)
		c.function, c.argument = "member:RecoverAdmin", member.RecoverArgument{Member: x.IDs["bank3"], Credential: key, Request: x.document()}
	}
	return x.propose(c)
}

// key adds, renews, revokes and recovers credentials.
func (x *life) key(t *rapid.T) call {
	alias := oneOf(t, "member", append(x.newcomers, "bolts", "ore")...)
	admin := alias + "/admin1"
	switch between(t, "key", 0, 4) {
	case 0:
		x.serial++
		person := fmt.Sprint("maker", x.serial)
		key, c := x.newKey(alias, person, record.Maker)
		c.NotBefore = x.now().Add(time.Duration(between(t, "from", 0, 3)) * 24 * time.Hour)
		return x.propose(call{
			who: admin, function: "member:AddCredential", argument: member.AddCredentialArgument{Member: x.IDs[alias], Credential: c},
			learn: func([]byte) { x.Keys[alias+"/"+person], x.makers[alias] = key, person },
		})
	case 1:
		maker := x.maker(alias)
		key, c := x.newKey(alias, maker[len(alias)+1:], record.Maker)
		return x.propose(call{
			who: admin, function: "member:RenewCredential",
			argument: member.RenewCredentialArgument{Key: record.Digest(x.Keys[maker].Public().ID()), Credential: c},
			learn:    func([]byte) { x.Keys[maker] = key },
		})
	case 2:
		who := oneOf(t, "whose", x.maker(alias), x.maker(alias), alias+"/admin2")
		return call{who: oneOf(t, "by", admin, "bank1/maker"), function: "member:RevokeCredential", argument: fields{
			"key": record.Digest(x.Keys[who].Public().ID()), "reason": "left",
		}}
	}
	x.serial++
	person := fmt.Sprint("admin", x.serial)
	key, c := x.newKey(alias, person, record.Admin)
	c.NotBefore = x.now().Add(48 * time.Hour)
	return x.propose(call{
		who: "bank1/maker", function: "member:Recover", argument: member.RecoverArgument{Member: x.IDs[alias], Credential: c, Request: ledgertest.Fingerprint("request " + person)},
		learn: func([]byte) { x.Keys[alias+"/"+person] = key },
	})
}

func (x *life) policy(t *rapid.T) call {
	var list []fields
	for _, function := range []string{
		"certificate:Accept", "certificate:Issue", "certificate:Transfer", "credit:Grant", "financing:TakeRate", "financing:Select",
		"settlement:Instruct", "financing:BuyBack",
	} {
		if chance(t, function, 3) {
			list = append(list, fields{"function": function, "from": fen(t, "from", 1, 60_000)})
		}
	}
	return x.propose(call{who: oneOf(t, "member", append(x.firms, "bank1")...) + "/admin1", function: "member:SetPolicy", argument: fields{"rules": list}})
}

// validator takes the fourth bank's node out and in again.
func (x *life) validator(t *rapid.T) call {
	v := find(x, record.ValidatorKey(x.IDs["bank4"]))
	if v.Active {
		return x.propose(call{who: "bank1/maker", function: "member:RemoveValidator", argument: fields{"bank": v.Bank}})
	}
	return x.propose(call{who: "bank1/maker", function: "member:AdmitValidator", argument: member.ValidatorArgument{
		Bank: v.Bank, Consensus: v.Consensus, Peer: v.Peer, Address: v.Address,
	}})
}

func (x *life) rules(t *rapid.T) call {
	pack := rules.DefaultPack()
	for find(x, record.PackKey(pack.Ordinal)) != nil {
		pack.Ordinal++
	}
	pack.Effective = x.today()
	pack.MaxTier = uint16(between(t, "tiers", 3, 10))
	pack.AcceptDays = int32(between(t, "days", 3, 20))
	pack.RequestDays, pack.InstructDays = int32(between(t, "request", 3, 15)), int32(between(t, "instruct", 2, 8))
	pack.StaleHours, pack.SearchHours = int32(between(t, "stale", 12, 60)), int32(between(t, "search", 24, 72))
	return x.propose(call{who: "bank1/maker", function: "rules:AdoptPack", argument: fields{"pack": pack}})
}

func (x *life) stop(t *rapid.T) call {
	in := fields{"debtor": x.IDs["ore"], "reason": "overdue", "document": x.document()}
	function := "rules:StopDebtor"
	if find(x, record.StopKey(x.IDs["ore"], x.IDs["bank1"])) != nil || chance(t, "anyway", 8) {
		function = "rules:LiftStop"
	}
	return call{who: "bank1/reviewer", function: function, argument: in}
}

func (x *life) sweep(t *rapid.T) call {
	return call{who: "bank1/maker", function: "sweep:Run", argument: fields{"limit": between(t, "limit", 1, 200)}}
}

func (x *life) advance(t *rapid.T) call {
	to := x.now().Add(time.Duration(between(t, "hours", -1, 72)) * time.Hour)
	return call{who: "core/maker", function: "devnet:Advance", argument: struct {
		To calendar.Instant `json:"to"`
	}{to}}
}
