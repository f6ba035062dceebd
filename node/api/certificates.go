package api

import (
	"cmp"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// certificate is a certificate with its present holdings.
type certificate struct {
	record.Certificate
	Flags    []string         `json:"flags" doc:"What a reader should notice: matured, offered, financed, disbursing, pledged, frozen, suspended, partly-paid, settled, green, or the id of a rule that flagged the issue"`
	Holdings []record.Holding `json:"holdings" doc:"They tile the face"`
}

type numberInput struct {
	Number string `path:"number" maxLength:"64" doc:"Certificate number" example:"91330000MA27U00A0X2026090100000142"`
}

func (s *Server) certificate(r *reading, in *numberInput) (*certificate, error) {
	c, holdings, err := r.Certificate(in.Number)
	if err != nil {
		return nil, err
	}
	flags, err := flagsOf(r, c, holdings)
	if err != nil {
		return nil, err
	}
	return &certificate{Certificate: *c, Flags: flags, Holdings: holdings}, nil
}

func flagsOf(r *reading, c *record.Certificate, holdings []record.Holding) ([]string, error) {
	flags := []string{}
	add := func(name string, on bool) {
		if on {
			flags = append(flags, name)
		}
	}
	locked := func(kind record.LockKind) bool {
		return slices.ContainsFunc(holdings, func(h record.Holding) bool {
			return slices.ContainsFunc(h.Locks, func(l record.Lock) bool { return l.Kind == kind })
		})
	}
	financed := func(h record.Holding) bool { return h.Claim.Financing != "" && h.Redeemed == 0 }
	add("matured", c.State == record.Active && r.Now.Date() >= c.Payment && c.Redeemed < c.Face)
	add("offered", locked(record.LockOffer))
	add("financed", slices.ContainsFunc(holdings, financed))
	add("disbursing", locked(record.LockDisbursing))
	add("pledged", locked(record.LockPledge))
	add("frozen", locked(record.LockFreeze))
	add("suspended", c.State == record.Issued && c.AcceptBy == 0)
	add("partly-paid", c.Redeemed > 0 && c.Redeemed < c.Face)
	add("settled", c.Redeemed == c.Face)
	add("green", c.Green)
	first, err := view.History(r.View, c.Number, view.Cut{Limit: 1})
	if err != nil {
		return nil, err
	}
	for i := range first.Items {
		flags = append(flags, ruleIDs(first.Items[i].Effects.Decision.Flagged)...)
	}
	return flags, nil
}

// edge is how some fen of a certificate came to an owner.
type edge struct {
	Kind     record.MoveKind   `json:"kind"`
	From     string            `json:"from"`
	To       string            `json:"to"`
	Interval interval.Interval `json:"interval"`
	Amount   money.Fen         `json:"amount"`
	Tier     uint16            `json:"tier" doc:"Deepest tier of the fen after it"`
	Order    string            `json:"order" doc:"Id of the transfer or the order of a court"`
	Time     calendar.Instant  `json:"time"`
	TxID     record.Digest     `json:"txId"`
	Height   int64             `json:"height"`
}

// tree is what a picture of a certificate is drawn from.
type tree struct {
	Number    string                  `json:"number"`
	Debtor    string                  `json:"debtor"`
	Face      money.Fen               `json:"face"`
	Payment   calendar.Date           `json:"payment"`
	State     record.CertificateState `json:"state"`
	Edges     []edge                  `json:"edges" doc:"Every move, oldest first, then by interval"`
	Holdings  []record.Holding        `json:"holdings" doc:"Who has what now; they tile the face"`
	Names     map[string]string       `json:"names" doc:"Registered names of all members in it"`
	Truncated bool                    `json:"truncated" doc:"There are more moves than can be shown here; page through lineage"`
}

// maxEdges bounds a tree.
const maxEdges = 10_000

func (s *Server) tree(r *reading, in *numberInput) (*tree, error) {
	c, holdings, err := r.Certificate(in.Number)
	if err != nil {
		return nil, err
	}
	t := &tree{
		Number: c.Number, Debtor: c.Debtor, Face: c.Face, Payment: c.Payment, State: c.State,
		Edges: []edge{}, Holdings: holdings, Names: map[string]string{},
	}
	for cut := (view.Cut{Limit: view.MaxPage}); ; {
		page, err := view.Lineage(r.View, c.Number, 0, cut)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Items {
			t.Edges = append(t.Edges, edge{
				Kind: p.Kind, From: p.From, To: p.To, Interval: p.Interval, Amount: p.Interval.Amount(), Tier: p.Tier,
				Order: p.Order, Time: p.Time, TxID: p.TxID, Height: p.Height,
			})
		}
		if cut.Cursor = page.Next; cut.Cursor == "" {
			break
		}
		if len(t.Edges) >= maxEdges {
			t.Truncated = true
			break
		}
	}
	slices.SortStableFunc(t.Edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.Height, b.Height), cmp.Compare(a.Interval.From, b.Interval.From))
	})
	return t, t.name(r)
}

// name looks up the names of all members in the tree.
func (t *tree) name(r *reading) error {
	ids := []string{t.Debtor}
	for i := range t.Edges {
		ids = append(ids, t.Edges[i].From, t.Edges[i].To)
	}
	for i := range t.Holdings {
		ids = append(ids, t.Holdings[i].Owner)
	}
	for _, id := range ids {
		if _, known := t.Names[id]; known || id == "" {
			continue
		}
		m, err := record.Find(r.State, record.MemberKey(id))
		if err != nil {
			return err
		}
		if m != nil {
			t.Names[id] = m.Name
		}
	}
	return nil
}

type historyInput struct {
	NumberPath
	Cut
}

// NumberPath is numberInput for inputs with more parameters.
type NumberPath struct {
	Number string `path:"number" maxLength:"64" doc:"Certificate number"`
}

func (s *Server) history(r *reading, in *historyInput) (view.Page[*outcomeView], error) {
	none := view.Page[*outcomeView]{}
	if _, _, err := r.Certificate(in.Number); err != nil {
		return none, err
	}
	page, err := view.History(r.View, in.Number, in.view())
	if err != nil {
		return none, err
	}
	out := view.Page[*outcomeView]{Items: make([]*outcomeView, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		out.Items[i] = viewOf(r.Subject(in.Number, &page.Items[i]))
	}
	return out, nil
}

type lineageInput struct {
	NumberPath
	Fen string `query:"fen" maxLength:"19" doc:"Only the moves of this one fen, counted from 1" example:"1"`
	Cut
}

func (s *Server) lineage(r *reading, in *lineageInput) (view.Page[view.Passage], error) {
	fen, err := fenOf(in.Fen)
	if err != nil {
		return view.Page[view.Passage]{}, err
	}
	if _, _, err := r.Certificate(in.Number); err != nil {
		return view.Page[view.Passage]{}, err
	}
	return view.Lineage(r.View, in.Number, fen, in.view())
}

// fenOf reads the place of a fen: digits without a leading zero; empty is 0.
func fenOf(text string) (money.Fen, error) {
	if text == "" {
		return 0, nil
	}
	i, err := interval.Parse(text + "-" + text)
	if err != nil {
		return 0, code.BadRequest.New("fen is a whole number from 1")
	}
	return i.From, nil
}

type certificatesInput struct {
	Debtor string `query:"debtor" maxLength:"18" doc:"Social credit code; your own when left out, all for those who see all"`
	Cut
}

func (s *Server) certificates(r *reading, in *certificatesInput) (view.Page[record.CertificateRow], error) {
	debtor, err := r.Certificates(in.Debtor)
	if err != nil {
		return view.Page[record.CertificateRow]{}, err
	}
	return view.Certificates(r.View, debtor, in.view())
}

type holdingsInput struct {
	Owner       string `query:"owner" maxLength:"18" doc:"Social credit code; your own when neither owner, debtor nor certificate is yours to see"`
	Debtor      string `query:"debtor" maxLength:"18"`
	Certificate string `query:"certificate" maxLength:"64"`
	State       string `query:"state" enum:"issued,active,rejected,withdrawn,lapsed,void" doc:"Of the certificate; all when left out"`
	Tier        uint16 `query:"tier" maximum:"65535" doc:"Deepest tier of the holding"`
	PaymentFrom string `query:"paymentFrom" maxLength:"10" doc:"First payment date" example:"2026-12-01"`
	PaymentTo   string `query:"paymentTo" maxLength:"10" doc:"Last payment date" example:"2026-12-31"`
	Cut
}

func (in *holdingsInput) filter() (view.HoldingFilter, error) {
	f := view.HoldingFilter{Owner: in.Owner, Debtor: in.Debtor, Certificate: in.Certificate, Tier: in.Tier}
	if in.State != "" {
		if err := f.State.UnmarshalText([]byte(in.State)); err != nil {
			return f, code.BadRequest.New("%s", err)
		}
	}
	var err error
	if f.PaymentFrom, err = dateOf(in.PaymentFrom); err != nil {
		return f, err
	}
	f.PaymentTo, err = dateOf(in.PaymentTo)
	return f, err
}

// dateOf reads a day; empty is none.
func dateOf(text string) (calendar.Date, error) {
	if text == "" {
		return 0, nil
	}
	return calendar.ParseDate(text)
}

func (s *Server) holdings(r *reading, in *holdingsInput) (view.Page[record.HoldingRow], error) {
	none := view.Page[record.HoldingRow]{}
	f, err := in.filter()
	if err != nil {
		return none, err
	}
	if f, err = r.Holdings(f); err != nil {
		return none, err
	}
	return view.Holdings(r.View, f, in.view())
}

func (s *Server) certificateRoutes() {
	tags := []string{"certificates"}
	read(s, huma.Operation{
		OperationID: "getCertificate", Path: "/v1/certificates/{number}", Tags: tags,
		Summary: "A certificate with its holdings and flags",
		Description: "For its debtor, first holder, line bank, present and past holders, guarantors, whoever a lock on it names, the banks " +
			"that may quote for fen of it, and the other side of a proposal on them.",
	}, s.certificate)
	read(s, huma.Operation{
		OperationID: "getCertificateTree", Path: "/v1/certificates/{number}/tree", Tags: tags,
		Summary:     "A certificate's moves and holdings, to draw",
		Description: "Edges from owner to owner with their fen, tiers and times, and who has what now.",
	}, s.tree)
	read(s, huma.Operation{
		OperationID: "getCertificateHistory", Path: "/v1/certificates/{number}/history", Tags: tags,
		Summary:     "What happened to a certificate, oldest first",
		Description: "Accepted transactions with their effects on this certificate.",
	}, s.history)
	read(s, huma.Operation{
		OperationID: "getCertificateLineage", Path: "/v1/certificates/{number}/lineage", Tags: tags,
		Summary:     "How the fen of a certificate moved",
		Description: "Every move by interval, or with fen the moves of that one fen.",
	}, s.lineage)
	read(s, huma.Operation{
		OperationID: "listCertificates", Path: "/v1/certificates", Tags: tags,
		Summary: "A debtor's certificates by payment date", Description: "A debtor lists its own.",
	}, s.certificates)
	read(s, huma.Operation{
		OperationID: "listHoldings", Path: "/v1/holdings", Tags: []string{"holdings"},
		Summary:     "Holdings by payment date",
		Description: "What you own, what is owed by you, or the holdings of a certificate you may see. A page may be short and still have a next.",
	}, s.holdings)
}
