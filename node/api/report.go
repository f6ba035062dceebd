package api

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/ledger/view"
)

// source is the snapshot of a request for a report.
func (r *reading) source() report.Source {
	return report.Source{State: r.State, Rows: r.View, Height: r.head.Height, Now: r.Now}
}

func (r *reading) asOf() report.AsOf {
	src := r.source()
	return src.AsOf()
}

// reportPage is one page of a report, with the moment of the ledger of which it is.
type reportPage[T any] struct {
	AsOf  report.AsOf `json:"asOf"`
	Items []T         `json:"items"`
	Next  string      `json:"next,omitempty"`
}

// Period is a range of days, as query parameters.
type Period struct {
	From string `query:"from" maxLength:"10" doc:"First day" example:"2026-11-01"`
	To   string `query:"to" maxLength:"10" doc:"Last day" example:"2026-11-30"`
}

func (p Period) days() (d report.Days, err error) {
	if d.From, err = dateOf(p.From); err != nil {
		return d, err
	}
	d.To, err = dateOf(p.To)
	return d, err
}

// Media types of reports. A comma-separated file has the rows of one page below the
// names of the columns; the header Next-Cursor stands for the member next.
const (
	mediaJSON = "application/json"
	mediaCSV  = "text/csv"
)

// ReportForm is in which form a report is wanted, and which page of it.
type ReportForm struct {
	Accept string `header:"Accept" doc:"text/csv for a comma-separated file (RFC 4180)"`
	Cut
}

func (f ReportForm) form() ReportForm { return f }

// rendered is an answer in the form that was asked for.
type rendered struct {
	ContentType string `header:"Content-Type"`
	Next        string `header:"Next-Cursor" doc:"Of a comma-separated file: the cursor of the next page"`
	Body        []byte
}

// wantsCSV reports whether a client asks for a comma-separated file before JSON.
func wantsCSV(accept string) bool {
	for _, part := range strings.Split(accept, ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err == nil && parameters["q"] != "0" && (kind == mediaCSV || kind == mediaJSON) {
			return kind == mediaCSV
		}
	}
	return false
}

// table is a row of a report that can be a line of a comma-separated file.
type table[T any] interface {
	*T
	report.Row
}

// readReport registers a report: rows of it as JSON or, when asked for, as CSV.
func readReport[I interface{ form() ReportForm }, T any, P table[T]](
	s *Server, op huma.Operation, answer func(*reading, *I) (report.Stream[T], error),
) {
	op.Tags = []string{"reports"}
	schemas := s.api.OpenAPI().Components.Schemas
	op.Responses = map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK),
		Content: map[string]*huma.MediaType{
			mediaJSON: {Schema: schemas.Schema(reflect.TypeFor[reportPage[T]](), true, op.OperationID)},
			mediaCSV: {Schema: &huma.Schema{
				Type: huma.TypeString, Description: "Columns: " + strings.Join(P(new(T)).Columns(), ", "),
			}},
		},
	}}
	known(s, op, func(r *reading, in *I) (*rendered, error) {
		rows, err := answer(r, in)
		if err != nil {
			return nil, err
		}
		form := (*in).form()
		page, err := rows.Page(form.view())
		if err != nil {
			return nil, err
		}
		return render[T, P](r, page, wantsCSV(form.Accept))
	})
}

func render[T any, P table[T]](r *reading, page view.Page[T], asCSV bool) (*rendered, error) {
	var b bytes.Buffer
	if !asCSV {
		err := format().Marshal(&b, reportPage[T]{r.asOf(), page.Items, page.Next})
		return &rendered{ContentType: mediaJSON, Body: b.Bytes()}, err
	}
	err := report.WriteCSV[T, P](&b, true, func(visit func(*T) error) error {
		for i := range page.Items {
			if err := visit(&page.Items[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return &rendered{ContentType: mediaCSV + "; charset=utf-8; header=present", Next: page.Next, Body: b.Bytes()}, err
}

type dailyReportInput struct {
	Debtor string `query:"debtor" maxLength:"18" doc:"Social credit code; your own when left out, all for those who see all"`
	Period
	ReportForm
}

func (s *Server) reportDaily(r *reading, in *dailyReportInput) (report.Stream[report.Day], error) {
	days, err := in.days()
	if err != nil {
		return nil, err
	}
	debtor, err := r.DebtorReport(in.Debtor)
	return report.Daily(r.source(), report.DailyFilter{Debtor: debtor, Days: days}), err
}

type financingsReportInput struct {
	Bank   string `query:"bank" maxLength:"18" doc:"That paid out"`
	Debtor string `query:"debtor" maxLength:"18" doc:"Of some of the fen; such a financing is counted whole"`
	Member string `query:"member" maxLength:"18" doc:"Holder or bank; you when left out, everybody for those who see all"`
	Period
	ReportForm
}

func (s *Server) reportFinancings(r *reading, in *financingsReportInput) (report.Stream[report.Financings], error) {
	days, err := in.days()
	if err != nil {
		return nil, err
	}
	f, err := r.FinancingResults(report.FinancingsFilter{Bank: in.Bank, Debtor: in.Debtor, Member: in.Member, Days: days})
	return report.FinancingResults(r.source(), f), err
}

type legsReportInput struct {
	Run     string `query:"run" maxLength:"32" doc:"Of this run"`
	Purpose string `query:"purpose" enum:"financing,resale,buy-back,repayment,discount,outside,debtor-share,guarantee-fee,clearing,recourse,guarantee,late-interest,refund" doc:"Payments for this, of a run or not; when left out all that have to do with a run"`
	Debtor  string `query:"debtor" maxLength:"18" doc:"Of the run; of payments of no run: the payer"`
	Bank    string `query:"bank" maxLength:"18" doc:"Of one of the two accounts"`
	Member  string `query:"member" maxLength:"18" doc:"Payer, payee or bank of one side; you when left out, everybody for those who see all"`
	Period
	ReportForm
}

func (s *Server) reportLegs(r *reading, in *legsReportInput) (report.Stream[report.Leg], error) {
	f := report.LegsFilter{Run: in.Run, Debtor: in.Debtor, Bank: in.Bank, Member: in.Member}
	if err := named(&f.Purpose, in.Purpose); err != nil {
		return nil, err
	}
	var err error
	if f.Days, err = in.days(); err != nil {
		return nil, err
	}
	f, err = r.Legs(f)
	return report.Legs(r.source(), f), err
}

type overdueReportInput struct {
	Debtor string `query:"debtor" maxLength:"18" doc:"Social credit code; your own when left out, all for those who see all"`
	Period
	ReportForm
}

func (s *Server) reportOverdue(r *reading, in *overdueReportInput) (report.Stream[report.Overdue], error) {
	days, err := in.days()
	if err != nil {
		return nil, err
	}
	debtor, err := r.DebtorReport(in.Debtor)
	return report.OverdueDisclosure(r.source(), report.OverdueFilter{Debtor: debtor, Days: days}), err
}

func (s *Server) reportNoPooling(r *reading, _ *struct{}) (*report.NoPooling, error) {
	if err := r.Whole(); err != nil {
		return nil, err
	}
	return report.ProveNoPooling(r.source())
}

// alertWatch keeps the alerts derived so far: each request reads only what came since.
type alertWatch struct {
	mu    sync.Mutex
	watch *report.Watch
}

// alerts are those of a source, read under the lock.
func (a *alertWatch) alerts(src report.Source, f report.AlertFilter) ([]report.Alert, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.watch == nil {
		a.watch = report.NewWatch(report.DefaultThresholds())
	}
	if err := a.watch.Read(src); err != nil {
		a.watch = nil // it may have read half of a block
		return nil, fmt.Errorf("derive the alerts: %w", err)
	}
	return a.watch.Alerts(src, f).All()
}

type alertsInput struct {
	ID     string `query:"id" maxLength:"64" doc:"Only this one"`
	Rule   string `query:"rule" maxLength:"16" enum:"CIRCULAR,CONCENTRATION,EVIDENCE-REUSE,OVERDUE,PASS-THROUGH,TERM-JUMP,VELOCITY"`
	State  string `query:"state" enum:"open,explained,closed" doc:"All when left out"`
	Member string `query:"member" maxLength:"18" doc:"Whom it is about; you when left out, everybody for those who see all"`
	Period
	ReportForm
}

func (a *alertWatch) list(r *reading, in *alertsInput) (report.Stream[report.Alert], error) {
	f := report.AlertFilter{Rule: in.Rule, Member: in.Member}
	if err := named(&f.State, in.State); err != nil {
		return nil, err
	}
	var err error
	if in.ID != "" {
		if f.ID, err = digest(in.ID); err != nil {
			return nil, err
		}
	}
	if f.Days, err = in.days(); err != nil {
		return nil, err
	}
	if f, err = r.Alerts(f); err != nil {
		return nil, err
	}
	list, err := a.alerts(r.source(), f)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i] = r.Alert(list[i])
	}
	return report.AlertStream(list), nil
}

type workInput struct {
	Member string `query:"member" maxLength:"18" doc:"Whom it concerns; you when left out, everybody for those who see all"`
	Turn   string `query:"turn" maxLength:"18" doc:"Whose turn it is"`
	Debtor string `query:"debtor" maxLength:"18"`
	Kind   string `query:"kind" enum:"overdue,funds,instruct,stale,dispute,returned,account,interest,extension" doc:"All when left out"`
	Cut
}

func (s *Server) clearingWork(r *reading, in *workInput) (*reportPage[report.Work], error) {
	f := report.WorkFilter{Member: in.Member, Turn: in.Turn, Debtor: in.Debtor, Kind: report.WorkKind(in.Kind)}
	if in.Kind != "" && !slices.Contains(report.WorkKinds(), f.Kind) {
		return nil, code.BadRequest.New("%q is no kind of work", in.Kind)
	}
	f, err := r.ClearingWork(f)
	if err != nil {
		return nil, err
	}
	page, err := report.Worklist(r.source(), f).Page(in.view())
	return &reportPage[report.Work]{r.asOf(), page.Items, page.Next}, err
}

type ladderInput struct {
	ID   string `path:"id" maxLength:"18" doc:"Social credit code of the debtor"`
	Days int    `query:"days" minimum:"1" maximum:"731" default:"180" doc:"How many days from today"`
}

// ladder is what a debtor is to pay on which day.
type ladder struct {
	AsOf   report.AsOf   `json:"asOf"`
	Debtor string        `json:"debtor"`
	Rungs  []report.Rung `json:"rungs" doc:"What is overdue first, then by day"`
}

func (s *Server) ladder(r *reading, in *ladderInput) (*ladder, error) {
	debtor, err := r.DebtorReport(in.ID)
	if err != nil {
		return nil, err
	}
	rungs, err := report.Ladder(r.source(), debtor, in.Days)
	return &ladder{r.asOf(), debtor, rungs}, err
}

func (s *Server) reportRoutes() {
	readReport(s, huma.Operation{
		OperationID: "reportDaily", Path: "/v1/reports/daily",
		Summary: "What happened by day and debtor",
		Description: "Numbers and fen issued, accepted, transferred, financed, redeemed, returned and become overdue, by day in Shanghai. " +
			"A debtor gets its own.",
	}, s.reportDaily)
	readReport(s, huma.Operation{
		OperationID: "reportFinancings", Path: "/v1/reports/financings",
		Summary: "Results of financings by month and bank",
		Description: "What was paid out and at what price, the average weighted by what was paid out. Who does not see all gets the financings " +
			"of which it is holder or bank.",
	}, s.reportFinancings)
	readReport(s, huma.Operation{
		OperationID: "reportLegs", Path: "/v1/reports/legs",
		Summary:     "Payments with their bank advices",
		Description: "Those of which you are payer, payee or the bank of one side, in order of id.",
	}, s.reportLegs)
	readReport(s, huma.Operation{
		OperationID: "reportOverdue", Path: "/v1/reports/overdue",
		Summary:     "What is overdue and was paid late, by debtor",
		Description: "As of the ledger's time; the days are payment dates. A debtor gets its own. Debtors who pay on their dates are not in it.",
	}, s.reportOverdue)
	read(s, huma.Operation{
		OperationID: "reportNoPooling", Path: "/v1/reports/no-pooling", Tags: []string{"reports"},
		Summary: "Proof that the ledger holds no money",
		Description: "From the ledger alone: every payment names two registered accounts of two members, settled on an advice of the same, and " +
			"no record is a balance. For those who see all. It reads every record.",
	}, s.reportNoPooling)
	alerts := &alertWatch{}
	readReport(s, huma.Operation{
		OperationID: "listAlerts", Path: "/v1/alerts",
		Summary: "Alerts with their answers, by time",
		Description: "Derived from the ledger alone, the same on every node. Those that are about you; answer with alert:Answer. The first " +
			"request after a start reads the whole ledger.",
	}, alerts.list)
	read(s, huma.Operation{
		OperationID: "listClearingWork", Path: "/v1/clearing/worklist", Tags: []string{"clearing"},
		Summary:     "What waits in the clearing, and whose turn it is",
		Description: "What concerns you, with what to do next in English and Chinese.",
	}, s.clearingWork)
	read(s, huma.Operation{
		OperationID: "getLadder", Path: "/v1/debtors/{id}/ladder", Tags: []string{"clearing"},
		Summary:     "What a debtor is to pay on which day",
		Description: "For the debtor: what is overdue first, then each day with something to pay, with T-5 and T-1 by working days.",
	}, s.ladder)
}
