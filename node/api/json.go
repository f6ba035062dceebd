package api

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// format writes JSON with amounts as decimal strings and null for a date, time,
// digest or state that a record does not have, and reads it without repeated or
// unknown members.
func format() huma.Format {
	// A problem may quote what the client sent, which need not be UTF-8.
	options := json.JoinOptions(json.Deterministic(true), jsontext.AllowInvalidUTF8(true), json.WithMarshalers(json.JoinMarshalers(
		nullWhenZero[calendar.Instant](), nullWhenZero[calendar.Date](), nullWhenZero[record.Digest](),
		nullWhenZero[interval.Interval](),
		nullWhenZero[record.Class](), nullWhenZero[record.MemberState](), nullWhenZero[record.AccountState](),
		nullWhenZero[record.Quorum](), nullWhenZero[record.ProposalState](), nullWhenZero[record.VerificationKind](),
		nullWhenZero[record.CertificateState](), nullWhenZero[record.LockKind](), nullWhenZero[record.TransferState](),
		nullWhenZero[record.PledgeState](), nullWhenZero[record.OrderKind](), nullWhenZero[record.OrderState](),
		nullWhenZero[record.ConfirmationState](), nullWhenZero[record.MoveKind](), nullWhenZero[record.NoticeKind](),
		nullWhenZero[record.FinancingKind](), nullWhenZero[record.InterestMode](), nullWhenZero[record.FinancingState](),
		nullWhenZero[record.LimitKind](), nullWhenZero[record.QuoteState](), nullWhenZero[record.RegistrationKind](),
		nullWhenZero[record.Purpose](), nullWhenZero[record.Effect](), nullWhenZero[record.SettlementState](),
		nullWhenZero[record.RunState](), nullWhenZero[record.WaiverReason](), nullWhenZero[record.AlertState](),
		as(holdingOf), as(decisionOf),
	)))
	return huma.Format{
		Marshal: func(w io.Writer, v any) error { return json.MarshalWrite(w, v, options) },
		Unmarshal: func(data []byte, v any) error {
			if err := json.Unmarshal(data, v, json.RejectUnknownMembers(true)); err != nil {
				return complaint(err)
			}
			return nil
		},
	}
}

// complaint says where a body is wrong. The library's own sentences are not
// shown: they name Go types and differ between runs.
func complaint(err error) error {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return fmt.Errorf("wrong value at %.80q", string(semantic.JSONPointer))
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("repeated member at %.80q", string(syntactic.JSONPointer))
		}
		return fmt.Errorf("not JSON at byte %d", syntactic.ByteOffset)
	}
	return errors.New("not readable")
}

func nullWhenZero[T comparable]() *json.Marshalers {
	return json.MarshalToFunc(func(e *jsontext.Encoder, v T) error {
		var zero T
		if v == zero {
			return e.WriteToken(jsontext.Null)
		}
		return errors.ErrUnsupported // as the type itself does it
	})
}

// as writes a T in the form of another type.
func as[T, U any](form func(T) U) *json.Marshalers {
	return json.MarshalToFunc(func(e *jsontext.Encoder, v T) error { return json.MarshalEncode(e, form(v)) })
}

// holdingRow is record.HoldingRow with its kinds of locks by name.
type holdingRow struct {
	Certificate string                  `json:"certificate"`
	ID          uint32                  `json:"id"`
	Version     uint32                  `json:"version"`
	Owner       string                  `json:"owner"`
	Debtor      string                  `json:"debtor"`
	Interval    interval.Interval       `json:"interval"`
	Amount      money.Fen               `json:"amount"`
	Payment     calendar.Date           `json:"payment"`
	State       record.CertificateState `json:"state" doc:"Of the certificate"`
	Tier        uint16                  `json:"tier" doc:"Deepest tier of its fen"`
	Locks       []record.LockKind       `json:"locks" doc:"Kinds of locks on some of its fen"`
	Locked      money.Fen               `json:"locked" doc:"Fen under at least one lock, in yuan"`
	Gone        bool                    `json:"gone" doc:"Merged into a neighbour"`
	Redeemed    bool                    `json:"redeemed" doc:"Paid to the owner"`
}

func holdingOf(r record.HoldingRow) holdingRow {
	return holdingRow{
		Certificate: r.Certificate, ID: r.ID, Version: r.Version, Owner: r.Owner, Debtor: r.Debtor,
		Interval: r.Interval, Amount: r.Interval.Amount(), Payment: r.Payment, State: r.State, Tier: r.Tier,
		Locks: lockKinds(r.Locks), Locked: r.Locked, Gone: r.Gone, Redeemed: r.Redeemed,
	}
}

// lockKinds lists the kinds in the bit set of a row, whose bit k stands for the
// LockKind k.
func lockKinds(set uint16) []record.LockKind {
	kinds := []record.LockKind{}
	for k := record.LockProposal; k.String() != ""; k++ {
		if set&(1<<k) != 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// decision is record.Decision with its rules by id.
type decision struct {
	Pack      uint32      `json:"pack" doc:"Ordinal of the rule pack in force, 0 when no rule was asked"`
	Evaluated []string    `json:"evaluated"`
	Failed    []string    `json:"failed"`
	Flagged   []string    `json:"flagged" doc:"Rules that allowed but want to be seen"`
	Inputs    []ruleInput `json:"inputs"`
}

type ruleInput struct {
	Rule  string `json:"rule"`
	Facts string `json:"facts"`
}

func decisionOf(d record.Decision) decision {
	out := decision{Pack: d.Pack, Evaluated: ruleIDs(d.Evaluated), Failed: ruleIDs(d.Failed), Flagged: ruleIDs(d.Flagged)}
	for _, i := range d.Inputs {
		out.Inputs = append(out.Inputs, ruleInput{i.Rule.String(), i.Facts})
	}
	return out
}

func ruleIDs(set uint32) []string {
	ids := []string{}
	for r := range record.Rule(32) {
		if set&(1<<r) != 0 {
			ids = append(ids, r.String())
		}
	}
	return ids
}

// newRegistry describes types as JSON schemas the way format writes them.
func newRegistry(prefix string) huma.Registry {
	r := huma.NewMapRegistry(prefix, schemaName)
	alias[money.Fen, amountText](r)
	alias[money.Rate, rateText](r)
	alias[calendar.Instant, instantText](r)
	alias[calendar.Date, dateText](r)
	alias[record.Digest, digestText](r)
	alias[interval.Interval, intervalText](r)
	alias[record.HoldingRow, holdingRow](r)
	alias[record.Decision, decision](r)
	alias[record.Class, names[record.Class]](r)
	alias[record.MemberState, names[record.MemberState]](r)
	alias[record.AccountState, names[record.AccountState]](r)
	alias[record.Quorum, names[record.Quorum]](r)
	alias[record.ProposalState, names[record.ProposalState]](r)
	alias[record.VerificationKind, names[record.VerificationKind]](r)
	alias[record.CertificateState, names[record.CertificateState]](r)
	alias[record.LockKind, names[record.LockKind]](r)
	alias[[]record.LockKind, lists[record.LockKind]](r)
	alias[record.TransferState, names[record.TransferState]](r)
	alias[record.PledgeState, names[record.PledgeState]](r)
	alias[record.OrderKind, names[record.OrderKind]](r)
	alias[record.OrderState, names[record.OrderState]](r)
	alias[record.ConfirmationState, names[record.ConfirmationState]](r)
	alias[record.MoveKind, names[record.MoveKind]](r)
	alias[record.NoticeKind, names[record.NoticeKind]](r)
	alias[record.FinancingKind, names[record.FinancingKind]](r)
	alias[record.InterestMode, names[record.InterestMode]](r)
	alias[record.FinancingState, names[record.FinancingState]](r)
	alias[record.LimitKind, names[record.LimitKind]](r)
	alias[record.QuoteState, names[record.QuoteState]](r)
	alias[record.RegistrationKind, names[record.RegistrationKind]](r)
	alias[record.Purpose, names[record.Purpose]](r)
	alias[record.Effect, names[record.Effect]](r)
	alias[record.SettlementState, names[record.SettlementState]](r)
	alias[record.RunState, names[record.RunState]](r)
	alias[record.WaiverReason, names[record.WaiverReason]](r)
	alias[record.AlertState, names[record.AlertState]](r)
	alias[record.Roles, memberRoles](r)
	alias[record.PersonRoles, personRoles](r)
	return r
}

func alias[T, Form any](r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[T](), reflect.TypeFor[Form]())
}

// schemaName names a type's schema; the types of the contracts and of some of the node's packages get their
// package's name before theirs.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	part := path.Base(t.PkgPath())
	named := []string{"policy", "report", "enrol", "attach", "notify", "bankdesk", "reconcile"}
	if part == "record" || !strings.Contains(t.PkgPath(), "/chaincode/") && !slices.Contains(named, part) {
		return name
	}
	return strings.ToUpper(part[:1]) + part[1:] + name
}

// Forms of values in JSON, for their schemas.
type (
	amountText   struct{}
	rateText     struct{}
	instantText  struct{}
	dateText     struct{}
	digestText   struct{}
	intervalText struct{}
	memberRoles  struct{}
	personRoles  struct{}
	// names are those of an enumeration.
	names[T ~uint8 | ~uint16] struct{}
	// lists are of names: the library takes a slice of small numbers for bytes.
	lists[T ~uint8 | ~uint16] struct{}
)

func (amountText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^-?[0-9]+\.[0-9]{2}$`, Description: "Yuan with two decimals", Examples: []any{"300000.00"}}
}

func (rateText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^-?[0-9]+\.[0-9]{4}$`, Description: "Percent with four decimals", Examples: []any{"2.6200"}}
}

func (instantText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Nullable: true, Format: "date-time", Description: "RFC 3339 with milliseconds at +08:00; null for never",
		Examples: []any{"2026-09-01T09:00:00.000+08:00"},
	}
}

func (dateText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Format: "date", Description: "Day in Asia/Shanghai; null for none", Examples: []any{"2026-12-31"}}
}

func (digestText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Pattern: "^[0-9a-f]{64}$", Description: "SHA-256 in lower-case hexadecimal; null for none"}
}

func (intervalText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Pattern: "^[1-9][0-9]*-[1-9][0-9]*$", Description: "First and last fen; null for none", Examples: []any{"1-30000000"}}
}

func (names[T]) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Nullable: true}
	for v := T(1); ; v++ {
		text, ok := any(v).(fmt.Stringer)
		if !ok || text.String() == "" {
			break
		}
		s.Enum = append(s.Enum, text.String())
	}
	s.Enum = append(s.Enum, nil)
	return s
}

func (lists[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: names[T]{}.Schema(r)}
}

func (memberRoles) Schema(huma.Registry) *huma.Schema {
	return setSchema(record.Roles(1<<16 - 1).Names())
}

func (personRoles) Schema(huma.Registry) *huma.Schema {
	return setSchema(record.PersonRoles(1<<16 - 1).Names())
}

func setSchema(all []string) *huma.Schema {
	item := &huma.Schema{Type: huma.TypeString}
	for _, n := range all {
		item.Enum = append(item.Enum, n)
	}
	return &huma.Schema{Type: huma.TypeArray, Items: item, UniqueItems: true}
}

// Function describes a contract function for /v1/functions.
type Function struct {
	Name       string
	Roles      string        // who may send it
	Quorum     record.Quorum // whose approval it always needs, 0 when it may be sent directly
	Argument   reflect.Type  // a struct whose JSON tags name the members
	Result     reflect.Type
	Proposable bool
	Batchable  bool
	HasAmount  bool
}

// functionView is a Function as it is served.
type functionView struct {
	Name       string             `json:"name" example:"certificate:Issue"`
	Roles      string             `json:"roles" doc:"Who may send it"`
	Quorum     record.Quorum      `json:"quorum" doc:"Whose approval it always needs; null when it may be sent directly"`
	Proposable bool               `json:"proposable"`
	Batchable  bool               `json:"batchable"`
	HasAmount  bool               `json:"hasAmount" doc:"A member's policy can ask for a checker from an amount upwards"`
	Argument   stdjson.RawMessage `json:"argument" doc:"JSON schema of the argument"`
	Result     stdjson.RawMessage `json:"result" doc:"JSON schema of the result"`
}

type functionsView struct {
	Functions []functionView                `json:"functions"`
	Schemas   map[string]stdjson.RawMessage `json:"schemas" doc:"What the schemas refer to as #/schemas/..."`
}

// describeFunctions renders the functions once.
func describeFunctions(list []Function) (functionsView, error) {
	v := functionsView{Functions: []functionView{}, Schemas: map[string]stdjson.RawMessage{}}
	registry := newRegistry("#/schemas/")
	for _, f := range list {
		argument, err := stdjson.Marshal(registry.Schema(f.Argument, true, f.Name+"Argument"))
		if err != nil {
			return v, fmt.Errorf("describe the argument of %s: %w", f.Name, err)
		}
		result, err := stdjson.Marshal(registry.Schema(f.Result, true, f.Name+"Result"))
		if err != nil {
			return v, fmt.Errorf("describe the result of %s: %w", f.Name, err)
		}
		v.Functions = append(v.Functions, functionView{
			Name: f.Name, Roles: f.Roles, Quorum: f.Quorum, Proposable: f.Proposable, Batchable: f.Batchable,
			HasAmount: f.HasAmount, Argument: argument, Result: result,
		})
	}
	for name, schema := range registry.Map() {
		schema.Required = nil // a member left out has its zero value, which a contract may refuse
		text, err := stdjson.Marshal(schema)
		if err != nil {
			return v, fmt.Errorf("describe %s: %w", name, err)
		}
		v.Schemas[name] = text
	}
	return v, nil
}
