package member

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Limits of an enrolment.
const (
	MaxCredentials = 32   // credentials in one enrolment
	MaxEncryption  = 2048 // bytes of the public key for documents
)

// EnrolArgument describes an enterprise and its first people.
type EnrolArgument struct {
	ID          string               `json:"id"`   // unified social credit code
	Name        string               `json:"name"` // registered name
	Class       record.Class         `json:"class"`
	Roles       record.Roles         `json:"roles"`
	LEI         string               `json:"lei,omitzero"`
	Encryption  []byte               `json:"encryption,omitzero"` // public key for sealed documents
	Credentials []CredentialArgument `json:"credentials"`         // at least one admin
}

// Result names the member that was written.
type Result struct {
	Member string `json:"member"`
}

// Enrol admits an enterprise as debtor, holder or guarantor. A maker of an
// active bank signs; the bank vouches for it and becomes its sponsor. Checks: 1
// form, 2 maker of a bank, 3 the code and every key are new, then the roles,
// which may not be an institution's (NOT_AUTHORISED), and each credential:
// ROLE_CONFLICT, BAD_KEY, BAD_POSSESSION. Without an admin: LAST_ADMIN.
func Enrol(w *world.World, in EnrolArgument) (Result, error) {
	if err := in.form(); err != nil {
		return Result{}, err
	}
	bank, err := Require(w, record.Maker, record.Funder)
	if err != nil {
		return Result{}, err
	}
	if in.Roles.Any(Institutions) {
		return Result{}, code.NotAuthorised.New("only the banks together admit a funder, operator or auditor")
	}
	return enrol(w, in, bank.ID)
}

// AdmitInstitution admits a bank, an operator or an auditor. More than two
// thirds of the validator banks approve; nobody is its sponsor. The checks are
// those of Enrol.
func AdmitInstitution(w *world.World, in EnrolArgument) (Result, error) {
	if err := in.form(); err != nil {
		return Result{}, err
	}
	if err := requireBanks(w); err != nil {
		return Result{}, err
	}
	if !in.Roles.Any(Institutions) {
		return Result{}, code.BadArgument.New("a sponsor bank enrols members that are no institution")
	}
	return enrol(w, in, "")
}

// requireBanks accepts a bank's maker whose motion the banks approved.
func requireBanks(w *world.World) error {
	if _, err := Require(w, record.Maker, record.Funder); err != nil {
		return err
	}
	return RequireQuorum(w, record.QuorumBanks)
}

func (in *EnrolArgument) form() error {
	if err := CheckID(in.ID); err != nil {
		return err
	}
	if err := checkParticulars(in.Name, in.Class); err != nil {
		return err
	}
	if in.LEI != "" {
		if err := number.CheckLEI(in.LEI); err != nil {
			return err
		}
	}
	const known = record.Debtor | record.Holder | record.Guarantor | Institutions
	if in.Roles == 0 || in.Roles&^known != 0 {
		return code.BadArgument.New("member %s has no role, or an unknown one", in.ID)
	}
	if len(in.Encryption) > MaxEncryption {
		return code.BadArgument.New("encryption key of %d bytes, at most %d", len(in.Encryption), MaxEncryption)
	}
	if n := len(in.Credentials); n == 0 || n > MaxCredentials {
		return code.BadArgument.New("%d credentials, not 1 to %d", n, MaxCredentials)
	}
	for i := range in.Credentials {
		if err := in.Credentials[i].form(); err != nil {
			return err
		}
	}
	return nil
}

func checkParticulars(name string, class record.Class) error {
	if err := CheckText("name", name, MaxName); err != nil {
		return err
	}
	if class < record.PublicBody || class > record.MicroEnterprise {
		return code.BadArgument.New("class %d is unknown", class)
	}
	return nil
}

// enrol writes a member that an argument of good form describes.
func enrol(w *world.World, in EnrolArgument, sponsor string) (Result, error) {
	if known, err := Find(w, in.ID); err != nil || known != nil {
		if err == nil {
			err = code.AlreadyExists.New("member %s", in.ID)
		}
		return Result{}, err
	}
	m := &record.Member{
		ID: in.ID, Name: in.Name, Class: in.Class, Roles: in.Roles, State: record.MemberActive,
		Sponsor: sponsor, LEI: in.LEI, Encryption: in.Encryption, Enrolled: w.Now(),
	}
	for _, c := range in.Credentials {
		if _, err := register(w, m, c, 0); err != nil {
			return Result{}, err
		}
	}
	if m.Admins == 0 {
		return Result{}, code.LastAdmin.New("member %s has no credential of an admin", in.ID)
	}
	world.Put(w, record.MemberKey(m.ID), m)
	notify(w, record.MemberEnrolled, m.ID, m.ID, sponsor)
	return Result{Member: m.ID}, nil
}

// notify tells the members named, empty ones left out.
func notify(w *world.World, kind record.NoticeKind, subject string, members ...string) {
	var concerned []string
	for _, m := range members {
		if m != "" {
			concerned = append(concerned, m)
		}
	}
	w.Notify(record.NoticeOf{Kind: kind, Subject: subject, Members: concerned})
}

// UpdateArgument gives a member's particulars anew.
type UpdateArgument struct {
	Member string       `json:"member"`
	Name   string       `json:"name"`
	Class  record.Class `json:"class"`
}

// Update changes a member's registered name or class. A maker of its sponsor
// bank signs. What was agreed under the old class keeps it: contracts record the
// class of their day.
func Update(w *world.World, in UpdateArgument) (Result, error) {
	if err := in.form(); err != nil {
		return Result{}, err
	}
	m, err := sponsored(w, record.Maker, in.Member)
	if err != nil {
		return Result{}, err
	}
	return update(w, m, in)
}

// UpdateInstitution is Update for a member without a sponsor, by more than two
// thirds of the validator banks.
func UpdateInstitution(w *world.World, in UpdateArgument) (Result, error) {
	if err := in.form(); err != nil {
		return Result{}, err
	}
	m, err := unsponsored(w, in.Member)
	if err != nil {
		return Result{}, err
	}
	return update(w, m, in)
}

func (in *UpdateArgument) form() error {
	if err := CheckID(in.Member); err != nil {
		return err
	}
	return checkParticulars(in.Name, in.Class)
}

func update(w *world.World, m *record.Member, in UpdateArgument) (Result, error) {
	m.Name, m.Class = in.Name, in.Class
	world.Put(w, record.MemberKey(m.ID), m)
	notify(w, record.MemberChanged, m.ID, m.ID, m.Sponsor)
	return Result{Member: m.ID}, nil
}

// sponsored returns the member if the actor is a person of its sponsor bank with
// one of the roles; NOT_AUTHORISED to any other bank.
func sponsored(w *world.World, person record.PersonRoles, id string) (*record.Member, error) {
	bank, err := Require(w, person, record.Funder)
	if err != nil {
		return nil, err
	}
	m, err := Get(w, id)
	if err != nil {
		return nil, err
	}
	if m.Sponsor != bank.ID {
		return nil, code.NotAuthorised.New("bank %s is not the sponsor of %s", bank.ID, m.ID)
	}
	return m, nil
}

// unsponsored returns a member for which only the banks together answer.
func unsponsored(w *world.World, id string) (*record.Member, error) {
	if err := requireBanks(w); err != nil {
		return nil, err
	}
	m, err := Get(w, id)
	if err != nil {
		return nil, err
	}
	if m.Sponsor != "" {
		return nil, code.NotAuthorised.New("member %s has a sponsor, who answers for it", id)
	}
	return m, nil
}

// StandingArgument suspends a member or ends that.
type StandingArgument struct {
	Member string `json:"member"`
	Reason string `json:"reason"`
}

func (in *StandingArgument) form() error {
	if err := CheckID(in.Member); err != nil {
		return err
	}
	return CheckText("reason", in.Reason, MaxReason)
}

// Suspend stops a member from acting; it is still paid. A maker of its sponsor
// bank or of an operator signs. An institution is suspended only by the banks
// together (NOT_AUTHORISED). Suspended already: MEMBER_SUSPENDED.
func Suspend(w *world.World, in StandingArgument) (Result, error) {
	m, err := forStanding(w, in)
	if err != nil {
		return Result{}, err
	}
	return stand(w, m, record.MemberSuspended)
}

// Resume ends a suspension; who suspends may resume. Not suspended:
// ALREADY_EXISTS.
func Resume(w *world.World, in StandingArgument) (Result, error) {
	m, err := forStanding(w, in)
	if err != nil {
		return Result{}, err
	}
	return stand(w, m, record.MemberActive)
}

// SuspendInstitution is Suspend by more than two thirds of the validator banks,
// for every member. A suspended bank's validator keeps running until the banks
// remove it; where the others would be too few to decide, it is removed first
// (VALIDATOR_CONFLICT).
func SuspendInstitution(w *world.World, in StandingArgument) (Result, error) {
	m, err := forMotion(w, in)
	if err != nil {
		return Result{}, err
	}
	if err := leavesMajority(w, m.ID, true); err != nil {
		return Result{}, err
	}
	return stand(w, m, record.MemberSuspended)
}

// ResumeInstitution is Resume by more than two thirds of the validator banks.
func ResumeInstitution(w *world.World, in StandingArgument) (Result, error) {
	m, err := forMotion(w, in)
	if err != nil {
		return Result{}, err
	}
	return stand(w, m, record.MemberActive)
}

func forStanding(w *world.World, in StandingArgument) (*record.Member, error) {
	if err := in.form(); err != nil {
		return nil, err
	}
	signer, err := Require(w, record.Maker, record.Funder|record.Operator)
	if err != nil {
		return nil, err
	}
	m, err := Get(w, in.Member)
	if err != nil {
		return nil, err
	}
	if m.Roles.Any(Institutions) {
		return nil, code.NotAuthorised.New("%s is an institution: the banks decide together", m.ID)
	}
	if m.Sponsor != signer.ID && !signer.Roles.Has(record.Operator) {
		return nil, code.NotAuthorised.New("bank %s is not the sponsor of %s", signer.ID, m.ID)
	}
	return m, nil
}

func forMotion(w *world.World, in StandingArgument) (*record.Member, error) {
	if err := in.form(); err != nil {
		return nil, err
	}
	if err := requireBanks(w); err != nil {
		return nil, err
	}
	return Get(w, in.Member)
}

func stand(w *world.World, m *record.Member, state record.MemberState) (Result, error) {
	if m.State == state {
		if state == record.MemberSuspended {
			return Result{}, code.MemberSuspended.New("member %s is suspended already", m.ID)
		}
		return Result{}, code.AlreadyExists.New("member %s is active already", m.ID)
	}
	m.State = state
	world.Put(w, record.MemberKey(m.ID), m)
	notify(w, record.MemberChanged, m.ID, m.ID, m.Sponsor)
	return Result{Member: m.ID}, nil
}
