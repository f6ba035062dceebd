package api

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// RunRow is a run of the list.
type RunRow struct {
	record.Run
	Whole bool `json:"whole" doc:"Whether you see all of it; if not, certificates, tally and rounds are zero"`
}

// wholeRun is a run with its rounds and the sums of its legs.
type wholeRun struct {
	RunRow
	Funds  []record.Round  `json:"funds" doc:"What the debtor's bank confirmed, round by round"`
	Totals []view.LegTotal `json:"totals" doc:"Sums over the legs and the late interest on them, by purpose, banks and state: over those that you see"`
}

type runsInput struct {
	Debtor string `query:"debtor" maxLength:"18" doc:"Social credit code of the debtor; all debtors when left out"`
	State  string `query:"state" enum:"open,dividing,closed" doc:"All when left out"`
	From   string `query:"from" maxLength:"10" doc:"First payment date" example:"2026-12-01"`
	To     string `query:"to" maxLength:"10" doc:"Last payment date" example:"2026-12-31"`
	Bank   string `query:"bank" maxLength:"18" doc:"Bank of an account that is paid from or to: you, or any for those who see all and for the debtor that is named"`
	Cut
}

func (in *runsInput) filter() (f runFilter, err error) {
	f.bank = in.Bank
	if err = named(&f.state, in.State); err != nil {
		return f, err
	}
	if f.from, err = dateOf(in.From); err != nil {
		return f, err
	}
	f.to, err = dateOf(in.To)
	return f, err
}

type runFilter struct {
	state    record.RunState
	from, to calendar.Date
	bank     string
}

// takes reports whether a run fits the filter.
func (f *runFilter) takes(r *reading, run *record.Run) (bool, error) {
	if f.state != 0 && run.State != f.state || run.Payment < f.from || f.to != 0 && run.Payment > f.to {
		return false, nil
	}
	if f.bank == "" {
		return true, nil
	}
	totals, err := view.LegTotals(r.View, run.ID)
	if err != nil {
		return false, err
	}
	for _, t := range totals {
		if t.PayerBank == f.bank || t.PayeeBank == f.bank {
			return true, nil
		}
	}
	return false, nil
}

func (s *Server) runs(r *reading, in *runsInput) (view.Page[RunRow], error) {
	none := view.Page[RunRow]{}
	f, err := in.filter()
	if err != nil {
		return none, err
	}
	if err := r.Runs(in.Debtor, in.Bank); err != nil {
		return none, err
	}
	var failed error
	rows := []RunRow{}
	const segments = 2 // run/<debtor>-<date>
	page, err := pageOfState(r.State, record.RunsPrefix(in.Debtor), segments, in.Cut, func(run *record.Run) bool {
		ok, err := f.takes(r, run)
		if err != nil || !ok {
			failed = keepFirst(failed, err)
			return false
		}
		shown, err := r.RunRow(*run)
		if err != nil || shown == nil {
			failed = keepFirst(failed, err)
			return false
		}
		rows = append(rows, RunRow{shown.Record, shown.Whole})
		return true
	})
	return view.Page[RunRow]{Items: rows, Next: page.Next}, keepFirst(err, failed)
}

func keepFirst(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

func (s *Server) run(r *reading, in *recordInput) (*wholeRun, error) {
	found, err := r.Run(in.ID)
	if err != nil {
		return nil, err
	}
	return &wholeRun{RunRow{found.Record, found.Whole}, found.Funds, found.Totals}, nil
}

type runLegsInput struct {
	ID        string `path:"id" maxLength:"32" doc:"The debtor's code, a hyphen and the payment date" example:"91330100MA27XW5R5Q-20261231"`
	Purpose   string `query:"purpose" enum:"financing,resale,buy-back,repayment,discount,outside,debtor-share,guarantee-fee,clearing,recourse,guarantee,late-interest,refund" doc:"clearing for the legs, late-interest for the interest on them; both when left out"`
	State     string `query:"state" enum:"open,agreed,instructed,accepted,settled,unpaid,cancelled,lapsed,returned" doc:"All when left out"`
	Payee     string `query:"payee" maxLength:"18" doc:"Social credit code of who is paid"`
	PayeeBank string `query:"payeeBank" maxLength:"18" doc:"Bank of the payee's account"`
	PayerBank string `query:"payerBank" maxLength:"18" doc:"Bank of the payer's account"`
	Cut
}

func (s *Server) runLegs(r *reading, in *runLegsInput) (view.Page[record.Settlement], error) {
	none := view.Page[record.Settlement]{}
	f := view.LegFilter{Run: in.ID, Payee: in.Payee, PayeeBank: in.PayeeBank, PayerBank: in.PayerBank}
	if err := named(&f.Purpose, in.Purpose); err != nil {
		return none, err
	}
	if err := named(&f.State, in.State); err != nil {
		return none, err
	}
	f, err := r.RunLegs(f)
	if err != nil {
		return none, err
	}
	return shownAs(in.view(), r.RunLeg, func(cut view.Cut) (view.Page[record.LegRow], error) {
		return view.Legs(r.View, f, cut)
	})
}

// runLeg is a leg with the advice that settled it.
type runLeg struct {
	record.Settlement
	Owner  string         `json:"owner" doc:"Of the fen when the leg was computed: another than the payee where they were pledged or sold with recourse; empty for late interest"`
	Advice *record.Advice `json:"advice" doc:"Of the bank whose word settled it; null before"`
}

func (s *Server) leg(r *reading, in *recordInput) (*runLeg, error) {
	found, err := r.Leg(in.ID)
	if err != nil {
		return nil, err
	}
	return &runLeg{found.Settlement, found.Owner, found.Advice}, nil
}

type extensionsInput struct {
	Certificate string `query:"certificate" maxLength:"34" doc:"Number of the certificate; all when left out"`
	Debtor      string `query:"debtor" maxLength:"18" doc:"Social credit code of the debtor; all when left out"`
	All         bool   `query:"all" doc:"Also offers that are closed or over"`
	Cut
}

func (s *Server) extensions(r *reading, in *extensionsInput) (view.Page[record.Extension], error) {
	var failed error
	const segments = 2 // extension/<id>
	page, err := pageOfState(r.State, record.ExtensionsPrefix(), segments, in.Cut, func(x *record.Extension) bool {
		if in.Certificate != "" && x.Certificate != in.Certificate || in.Debtor != "" && x.Debtor != in.Debtor ||
			!in.All && (x.Closed || x.Until <= r.Now) {
			return false
		}
		shown, err := r.ExtensionRow(*x)
		if err != nil || shown == nil {
			failed = keepFirst(failed, err)
			return false
		}
		*x = *shown
		return true
	})
	return page, keepFirst(err, failed)
}

func (s *Server) extension(r *reading, in *recordInput) (*record.Extension, error) {
	return r.Extension(in.ID)
}

type waiversInput struct {
	Certificate string `query:"certificate" maxLength:"34" doc:"Number of the certificate; all when left out"`
	Creditor    string `query:"creditor" maxLength:"18" doc:"Social credit code of who gave up; all when left out"`
	Debtor      string `query:"debtor" maxLength:"18" doc:"Social credit code of the debtor; all when left out"`
	Cut
}

func (s *Server) waivers(r *reading, in *waiversInput) (view.Page[record.Waiver], error) {
	const segments = 2 // waiver/<id>
	return pageOfState(r.State, record.WaiversPrefix(), segments, in.Cut, func(v *record.Waiver) bool {
		return (in.Certificate == "" || v.Certificate == in.Certificate) && (in.Creditor == "" || v.Creditor == in.Creditor) &&
			(in.Debtor == "" || v.Debtor == in.Debtor) && r.Waiver(v)
	})
}

// memberAccounts is a page of a member's accounts, with where its clearings are paid.
type memberAccounts struct {
	view.Page[record.Account]
	Payee *record.PayeeChoice `json:"payee" doc:"Account to which the member's clearings are paid, for the member and the banks concerned; null when it has not chosen: then the one that has been usable for longest"`
}

func (s *Server) clearingRoutes() {
	tags := []string{"clearing"}
	read(s, huma.Operation{
		OperationID: "listRuns", Path: "/v1/runs", Tags: tags,
		Summary: "Runs: what a debtor owes on a payment date",
		Description: "By debtor and date. The whole for its debtor and for the banks of the debtor's accounts; who is payee, owner of fen or " +
			"the bank of an account of a leg sees that it is there and how far it is.",
	}, s.runs)
	read(s, huma.Operation{
		OperationID: "getRun", Path: "/v1/runs/{id}", Tags: tags,
		Summary:     "A run with its rounds and the sums of its legs",
		Description: "As in the list; the sums are over the legs that you see.",
	}, s.run)
	read(s, huma.Operation{
		OperationID: "listRunLegs", Path: "/v1/runs/{id}/legs", Tags: tags,
		Summary:     "The legs of a run, and the late interest on them",
		Description: "All for who sees the whole run, else those of which you are payee, owner of the fen, or the bank of one account.",
	}, s.runLegs)
	read(s, huma.Operation{
		OperationID: "getLeg", Path: "/v1/legs/{id}", Tags: tags,
		Summary:     "A leg with the advice that settled it",
		Description: "For payer, payee, the owner of the fen and the banks of both accounts. Its id is the payment's end-to-end identification.",
	}, s.leg)
	read(s, huma.Operation{
		OperationID: "listExtensions", Path: "/v1/extensions", Tags: tags,
		Summary:     "Offers to pay overdue fen later",
		Description: "For the debtor and the line's bank the whole; for owners of the certificate's fen and for who has to consent their own parts.",
	}, s.extensions)
	read(s, huma.Operation{
		OperationID: "getExtension", Path: "/v1/extensions/{id}", Tags: tags,
		Summary: "An offer to pay overdue fen later", Description: "As in the list.",
	}, s.extension)
	read(s, huma.Operation{
		OperationID: "listWaivers", Path: "/v1/waivers", Tags: tags,
		Summary:     "Late interest that creditors gave up",
		Description: "For the creditor, the debtor, and the pledgee that consents.",
	}, s.waivers)
}
