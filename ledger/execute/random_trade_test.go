package execute_test

import (
	"encoding/json"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

type (
	fields = map[string]any
	action = func(*life, *rapid.T) call
)

// often is an action with how often people do it.
type often struct {
	weight int
	action
}

func weighted(actions []often) []action {
	var list []action
	for _, a := range actions {
		list = append(list, slices.Repeat([]action{a.action}, a.weight)...)
	}
	return list
}

// actions are all that people do, the frequent ones several times.
func actions() []action {
	return weighted([]often{
		{14, (*life).issue}, {14, (*life).answerIssue}, {10, (*life).split}, {9, (*life).merge},
		{18, (*life).transfer}, {14, (*life).answerTransfer}, {6, (*life).pledge}, {5, (*life).releasePledge},
		{5, (*life).freeze}, {5, (*life).unfreeze}, {4, (*life).judicial}, {3, (*life).succession}, {6, (*life).void},
		{3, (*life).confirmation}, {3, (*life).answerConfirmation}, {3, (*life).review}, {5, (*life).batch},
		{8, (*life).invoice}, {6, (*life).verify}, {3, (*life).redLetter}, {2, (*life).contract}, {2, (*life).delivery},
		{4, (*life).grant}, {2, (*life).group}, {4, (*life).freezeLine},
		{100, (*life).decide}, {4, (*life).member}, {16, (*life).institution}, {9, (*life).key}, {3, (*life).policy},
		{6, (*life).account}, {10, (*life).validator}, {3, (*life).rules}, {4, (*life).stop}, {2, (*life).sweep}, {1, (*life).advance},
		{8, (*life).request}, {6, (*life).quote}, {12, (*life).withdrawQuote}, {5, (*life).choose}, {4, (*life).postRate}, {1, (*life).closeRate},
		{16, (*life).takeRate}, {8, (*life).consent}, {9, (*life).resell}, {8, (*life).buyBack}, {8, (*life).repay}, {3, (*life).postDiscount},
		{1, (*life).closeDiscount}, {10, (*life).takeDiscount}, {6, (*life).paidOutside}, {4, (*life).limit}, {60, (*life).goOn},
		{3, (*life).instruct}, {4, (*life).advise}, {3, (*life).dispute}, {3, (*life).notPaid}, {4, (*life).cancel}, {5, (*life).register},
		{30, (*life).confirmFunds}, {60, (*life).payLeg}, {6, (*life).misreport}, {6, (*life).takeBack}, {12, (*life).makeAnew}, {2, (*life).redirect},
		{6, (*life).direct}, {12, (*life).recover}, {6, (*life).offerExtension}, {14, (*life).extension}, {12, (*life).waive},
		{8, (*life).consentToWaiver}, {5, (*life).chooseAccount}, {3, (*life).answerAlert},
	})
}

// clearingActions are what people do around payment dates.
func clearingActions() []action {
	return weighted([]often{
		{18, (*life).confirmFunds}, {70, (*life).payLeg}, {8, (*life).misreport}, {8, (*life).takeBack}, {20, (*life).makeAnew},
		{4, (*life).redirect}, {14, (*life).direct}, {16, (*life).recover}, {8, (*life).offerExtension}, {24, (*life).extension},
		{12, (*life).waive}, {10, (*life).consentToWaiver}, {4, (*life).chooseAccount}, {1, (*life).answerAlert}, {40, (*life).decide},
		{30, (*life).goOn}, {6, (*life).freeze}, {5, (*life).unfreeze}, {3, (*life).judicial}, {2, (*life).succession}, {3, (*life).paidOutside},
		{3, (*life).pledge}, {3, (*life).releasePledge}, {4, (*life).account}, {2, (*life).key}, {2, (*life).sweep}, {1, (*life).advance},
		{2, (*life).issue}, {2, (*life).answerIssue}, {2, (*life).transfer}, {2, (*life).answerTransfer}, {2, (*life).batch}, {1, (*life).rules},
		{1, (*life).member}, {3, (*life).cancel}, {2, (*life).register}, {1, (*life).dispute}, {1, (*life).takeRate},
	})
}

// recent picks one of the last few; false when there is none.
func recent[T any](t *rapid.T, label string, list []T) (T, bool) {
	if len(list) == 0 {
		var none T
		return none, false
	}
	return pick(t, label, list[max(0, len(list)-6):]), true
}

// mostly picks one of the last few for which a condition holds, and now and then
// one for which it does not.
func mostly[T any](t *rapid.T, label string, list []T, fits func(T) bool) (T, bool) {
	if !chance(t, "any "+label, 8) {
		list = slices.DeleteFunc(slices.Clone(list), func(v T) bool { return !fits(v) })
	}
	return recent(t, label, list)
}

func oneOf(t *rapid.T, label string, list ...string) string {
	return pick(t, label, list)
}

// pick picks any of a list, each as often. The library's own choice prefers the
// first ones, and of numbers the small ones.
func pick[T any](t *rapid.T, label string, list []T) T {
	return list[between(t, label, 0, len(list)-1)]
}

// between picks a number, each as often.
func between(t *rapid.T, label string, low, high int) int {
	return rapid.Custom(func(t *rapid.T) int {
		n, bits := 0, rapid.Bool()
		for range 24 {
			n <<= 1
			if bits.Draw(t, "") {
				n++
			}
		}
		return low + n%(high-low+1)
	}).Draw(t, label)
}

// chance is true one time in n.
func chance(t *rapid.T, label string, n int) bool { return between(t, label, 1, n) == n }

func fen(t *rapid.T, label string, low, high int64) money.Fen {
	return money.Fen(between(t, label, int(low), int(high)))
}

func (x *life) maker(alias string) string {
	if person := x.makers[alias]; person != "" {
		return alias + "/" + person
	}
	return alias + "/maker"
}

func (x *life) document() record.Digest {
	x.serial++
	return ledgertest.Fingerprint(fmt.Sprint("document ", x.serial))
}

// keep learns the id in a result.
func keep(list *[]string) func([]byte) {
	return func(result []byte) {
		var v struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(result, &v) == nil && v.ID != "" {
			*list = append(*list, v.ID)
		}
	}
}

// either sends a call at once or proposes it.
func (x *life) either(t *rapid.T, c call) call {
	if chance(t, "propose", 4) {
		return x.propose(c)
	}
	return c
}

func (x *life) twoFirms(t *rapid.T) (a, b string) {
	a = oneOf(t, "one", x.firms...)
	return a, oneOf(t, "other", slices.DeleteFunc(slices.Clone(x.firms), func(s string) bool { return s == a })...)
}

func (x *life) contractOf(p pair) string {
	return evidence.DocumentID(x.IDs[p.buyer], x.IDs[p.seller], contractDocument(p))
}

func contractDocument(p pair) record.Digest { return digestOf("contract:" + p.buyer + p.seller) }

func (x *life) issue(t *rapid.T) call {
	debtor, creditor := x.twoFirms(t)
	p := pair{debtor, creditor}
	invoice, ok := recent(t, "invoice", x.trade[p])
	if !ok {
		return call{}
	}
	face := fen(t, "face", 90, 50_000)
	x.serial++
	if chance(t, "reviewed", 6) && len(x.reviewed) > 0 {
		r := x.reviewed[len(x.reviewed)-1]
		r["allocations"] = []fields{{"invoice": x.trade[r["pair"].(pair)][0], "amount": r["face"]}}
		return call{who: x.maker(r["pair"].(pair).buyer), function: "certificate:Issue", argument: without(r, "pair"), learn: x.issued(r["number"].(string))}
	}
	id, err := number.NewCertificate(x.IDs[debtor], x.today(), x.serial)
	if err != nil {
		t.Fatal(err)
	}
	reference := fmt.Sprint("payment ", x.serial)
	if chance(t, "same payment", 12) && len(x.references) > 0 {
		reference = x.references[len(x.references)-1]
	}
	x.references = append(x.references, reference)
	in := fields{
		"number": id, "creditor": x.IDs[creditor], "face": face, "currency": "CNY", "reference": reference,
		"maturity": x.today().AddDays(between(t, "days", 4, 150)), "contract": x.contractOf(p),
		"allocations": []fields{{"invoice": invoice, "amount": face}},
	}
	if rapid.Bool().Draw(t, "line") {
		in["bank"], in["line"] = x.IDs["bank1"], debtor
	}
	return x.either(t, call{who: x.maker(debtor), function: "certificate:Issue", argument: in, learn: x.issued(id)})
}

func (x *life) issued(number string) func([]byte) {
	return func([]byte) { x.certificates = append(x.certificates, number) }
}

func without(in fields, key string) fields {
	out := fields{}
	for k, v := range in {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// review signs terms longer than the ordinary cap; issue uses them later.
func (x *life) review(t *rapid.T) call {
	debtor, creditor := x.twoFirms(t)
	p := pair{debtor, creditor}
	if len(x.trade[p]) == 0 {
		return call{}
	}
	x.serial++
	id, err := number.NewCertificate(x.IDs[debtor], x.today(), x.serial)
	if err != nil {
		t.Fatal(err)
	}
	face, maturity := fen(t, "face", 200, 30_000), x.today().AddMonths(between(t, "months", 5, 13))
	return call{
		who: "bank2/reviewer", function: "certificate:ReviewTerm",
		argument: fields{"number": id, "debtor": x.IDs[debtor], "face": face, "maturity": maturity, "reason": "season"},
		learn: func([]byte) {
			x.reviewed = append(x.reviewed, fields{
				"pair": p, "number": id, "creditor": x.IDs[creditor], "face": face, "currency": "CNY",
				"reference": "reviewed " + id, "maturity": maturity, "contract": x.contractOf(p),
			})
		},
	}
}

// answerIssue accepts, rejects or withdraws an issued certificate.
func (x *life) answerIssue(t *rapid.T) call {
	id, ok := mostly(t, "certificate", x.certificates, func(id string) bool {
		return find(x, record.CertificateKey(id)).State == record.Issued
	})
	if !ok {
		return call{}
	}
	c := find(x, record.CertificateKey(id))
	first, debtor := x.maker(x.names[c.FirstHolder]), x.maker(x.names[c.Debtor])
	switch between(t, "answer", 0, 9) {
	case 0:
		return call{who: first, function: "certificate:Reject", argument: fields{"certificate": id, "reason": "wrong amount"}}
	case 1:
		return call{who: debtor, function: "certificate:Withdraw", argument: fields{"certificate": id}}
	case 2:
		return call{who: debtor, function: "certificate:Accept", argument: fields{"certificate": id}}
	}
	return x.either(t, call{who: first, function: "certificate:Accept", argument: fields{"certificate": id}})
}

func (x *life) active(certificate string) bool {
	return find(x, record.CertificateKey(certificate)).State == record.Active
}

// drawHolding picks a piece of a recent certificate.
func (x *life) drawHolding(t *rapid.T) (record.Holding, bool) {
	id, ok := mostly(t, "certificate", x.certificates, x.active)
	if !ok {
		return record.Holding{}, false
	}
	return pick(t, "holding", x.holdings(id)), true
}

// drawInterval picks the whole, the low half, or anything.
func drawInterval(t *rapid.T, within interval.Interval) interval.Interval {
	switch between(t, "part", 0, 2) {
	case 0:
		return within
	case 1:
		return interval.Of(within.From, within.From+(within.To-within.From)/2)
	}
	from := fen(t, "from", int64(within.From), int64(within.To))
	return interval.Of(from, fen(t, "to", int64(from), int64(within.To)))
}

func legOf(t *rapid.T, h record.Holding) fields {
	version := h.Version
	if chance(t, "stale", 12) {
		version++
	}
	return fields{"certificate": h.Certificate, "holding": h.ID, "version": version, "interval": drawInterval(t, h.Interval)}
}

func (x *life) split(t *rapid.T) call {
	h, ok := x.drawHolding(t)
	if !ok {
		return call{}
	}
	var amounts []money.Fen
	for range between(t, "pieces", 1, 3) {
		amounts = append(amounts, fen(t, "amount", 80, max(200, int64(h.Amount())/4)))
	}
	return x.either(t, call{who: x.maker(x.names[h.Owner]), function: "certificate:Split", argument: fields{
		"certificate": h.Certificate, "holding": h.ID, "version": h.Version, "interval": h.Interval, "amounts": amounts,
	}})
}

// merge joins two neighbours of one owner, if a recent certificate has such.
func (x *life) merge(t *rapid.T) call {
	id, ok := mostly(t, "certificate", x.certificates, func(id string) bool { return len(x.holdings(id)) > 1 })
	if !ok {
		return call{}
	}
	list := slices.SortedFunc(slices.Values(x.holdings(id)), func(a, b record.Holding) int {
		return int(a.Interval.From - b.Interval.From)
	})
	for i := range len(list) - 1 {
		if list[i].Owner == list[i+1].Owner || chance(t, "strangers", 20) {
			return x.either(t, call{who: x.maker(x.names[list[i].Owner]), function: "certificate:Merge", argument: fields{
				"certificate": id, "holdings": []fields{
					{"holding": list[i+1].ID, "version": list[i+1].Version}, {"holding": list[i].ID, "version": list[i].Version},
				},
			}})
		}
	}
	return call{}
}

func (x *life) transfer(t *rapid.T) call {
	h, ok := x.drawHolding(t)
	if !ok {
		return call{}
	}
	from := x.names[h.Owner]
	to, _ := mostly(t, "to", x.firms, func(to string) bool { return x.IDs[to] != find(x, record.CertificateKey(h.Certificate)).Debtor })
	invoice, ok := recent(t, "invoice", x.trade[pair{from, to}])
	if !ok {
		return call{}
	}
	legs, sum := []fields{legOf(t, h)}, money.Fen(0)
	for range between(t, "more legs", 0, 2) {
		if more, ok := x.drawHolding(t); ok && more.Owner == h.Owner && more.Certificate != h.Certificate {
			legs = append(legs, legOf(t, more))
		}
	}
	for _, leg := range legs {
		sum += leg["interval"].(interval.Interval).Amount()
	}
	x.serial++
	return x.either(t, call{
		who: x.maker(from), function: "certificate:Transfer", learn: keep(&x.transfers), argument: fields{
			"to": x.IDs[to], "reference": fmt.Sprint("pay ", x.serial), "legs": legs,
			"allocations": []fields{{"invoice": invoice, "amount": sum}},
		},
	})
}

// answerTransfer accepts, rejects or withdraws an offer.
func (x *life) answerTransfer(t *rapid.T) call {
	id, ok := mostly(t, "transfer", x.transfers, func(id string) bool {
		return find(x, record.TransferKey(id)).State == record.TransferOffered
	})
	if !ok {
		return call{}
	}
	v := find(x, record.TransferKey(id))
	sender, receiver := x.maker(x.names[v.From]), x.maker(x.names[v.To])
	switch between(t, "answer", 0, 7) {
	case 0:
		return call{who: receiver, function: "certificate:RejectTransfer", argument: fields{"id": id, "reason": "not ours"}}
	case 1:
		return call{who: sender, function: "certificate:WithdrawTransfer", argument: fields{"id": id}}
	case 2:
		return call{who: sender, function: "certificate:AcceptTransfer", argument: fields{"id": id}}
	}
	return x.either(t, call{who: receiver, function: "certificate:AcceptTransfer", argument: fields{"id": id}})
}

// batch sends a few operations of one person in one transaction.
func (x *life) batch(t *rapid.T) call {
	var items []fields
	var learn []func([]byte)
	several := []action{
		(*life).issue, (*life).split, (*life).transfer, (*life).answerIssue, (*life).answerTransfer, (*life).goOn, (*life).goOn,
		(*life).takeRate, (*life).takeDiscount, (*life).request, (*life).cancel,
	}
	who := ""
	for range between(t, "items", 1, 6) {
		c := pick(t, "item", several)(x, t)
		if who == "" {
			who = c.who
		}
		if c.function == "" || c.who != who {
			continue
		}
		items, learn = append(items, fields{"function": c.function, "argument": c.argument}), append(learn, c.learn)
	}
	if len(items) == 0 {
		return call{}
	}
	return x.either(t, call{who: who, function: "batch:Run", argument: fields{"items": items}, learn: func(result []byte) {
		var out struct {
			Items []struct{ Result json.RawMessage }
		}
		if err := json.Unmarshal(result, &out); err != nil {
			x.Fatal(err)
		}
		for i, item := range out.Items {
			if item.Result != nil && learn[i] != nil {
				learn[i](item.Result)
			}
		}
	}})
}

func (x *life) invoice(t *rapid.T) call {
	buyer, seller := x.twoFirms(t)
	p, id := pair{buyer, seller}, x.document()
	if chance(t, "again", 10) && len(x.trade[p]) > 0 {
		id = x.trade[p][0]
	}
	epoch := find(x, record.SettingsKey()).FingerprintEpoch
	return call{who: x.maker(seller), function: "evidence:RecordInvoice", argument: fields{
		"fingerprint": id, "scheme": 1, "epoch": epoch, "seller": x.IDs[seller], "buyer": x.IDs[buyer],
		"contract": x.contractOf(p), "amount": fen(t, "amount", 5_000, 300_000), "date": x.today(),
	}, learn: func([]byte) { x.trade[p] = append(x.trade[p], id) }}
}

func (x *life) drawInvoice(t *rapid.T) (record.Digest, pair, bool) {
	buyer, seller := x.twoFirms(t)
	id, ok := recent(t, "invoice", x.trade[pair{buyer, seller}])
	return id, pair{buyer, seller}, ok
}

func (x *life) verify(t *rapid.T) call {
	id, _, ok := x.drawInvoice(t)
	if !ok {
		return call{}
	}
	return call{who: oneOf(t, "bank", "bank1", "bank2") + "/reviewer", function: "evidence:Verify", argument: fields{
		"invoice": id, "kind": oneOf(t, "kind", "tax-check", "paper-check"), "good": !chance(t, "bad", 8), "document": x.document(),
	}}
}

func (x *life) redLetter(t *rapid.T) call {
	id, p, ok := x.drawInvoice(t)
	if !ok {
		return call{}
	}
	in := fields{"invoice": id, "document": x.document(), "amount": fen(t, "amount", 100, 50_000)}
	if chance(t, "all", 6) {
		delete(in, "amount")
	}
	return call{who: x.maker(p.seller), function: "evidence:RedLetter", argument: in}
}

func (x *life) contract(t *rapid.T) call {
	buyer, seller := x.twoFirms(t)
	return call{who: x.maker(buyer), function: "evidence:RecordContract", argument: fields{
		"buyer": x.IDs[buyer], "seller": x.IDs[seller], "document": x.document(), "signed": x.today(),
		"amount": "0.00", "termDays": between(t, "term", 0, 90), "agreed": rapid.Bool().Draw(t, "agreed"),
	}}
}

func (x *life) delivery(t *rapid.T) call {
	buyer, seller := x.twoFirms(t)
	return call{who: x.maker(buyer), function: "evidence:RecordDelivery", argument: fields{
		"contract": x.contractOf(pair{buyer, seller}), "document": x.document(), "accepted": x.today(), "amount": fen(t, "amount", 1, 1e7),
	}}
}

func (x *life) confirmation(t *rapid.T) call {
	debtor, supplier := x.twoFirms(t)
	return call{who: x.maker(supplier), function: "certificate:RequestConfirmation", learn: keep(&x.confirmations), argument: fields{
		"debtor": x.IDs[debtor], "contract": x.contractOf(pair{debtor, supplier}), "amount": fen(t, "amount", 1, 1e6),
	}}
}

func (x *life) answerConfirmation(t *rapid.T) call {
	id, ok := recent(t, "confirmation", x.confirmations)
	if !ok {
		return call{}
	}
	v := find(x, record.ConfirmationKey(id))
	return call{who: x.maker(x.names[v.Debtor]), function: "certificate:AnswerConfirmation", argument: fields{
		"id": id, "agree": rapid.Bool().Draw(t, "agree"), "reason": "as delivered",
	}}
}
