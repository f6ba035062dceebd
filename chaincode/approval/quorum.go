package approval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// officers speak for a member towards others.
const officers = record.Maker | record.Checker

// standing are the earlier approvals that still count: the credential stands and
// its member is active. What was signed with a key revoked since does not count.
func standing(w *world.World, p *record.Proposal) ([]world.Person, error) {
	var votes []world.Person
	for _, a := range p.Approvals {
		person, err := member.Authenticate(w, a.Key)
		if err == nil {
			_, err = member.GetActive(w, person.Member, 0)
		}
		switch {
		case err == nil:
			votes = append(votes, person)
		case code.Of(err) == nil:
			return nil, err
		}
	}
	return votes, nil
}

// mayApprove says whether the approver's signature counts besides the votes.
func mayApprove(w *world.World, p *record.Proposal, votes []world.Person, approver world.Person) error {
	if samePerson(p.Maker, approver) {
		return code.SamePerson.New("%s made proposal %s", approver.Person, p.ID)
	}
	spoken, err := speaks(w, p, votes, approver.Member)
	if err != nil {
		return err
	}
	for _, v := range votes {
		if v.Member == approver.Member && (spoken || v.Key == approver.Key || v.Person == approver.Person) {
			return code.AlreadyApproved.New("member %s has approved proposal %s", v.Member, p.ID)
		}
	}
	roles := wanted(p, votes, approver.Member)
	switch p.Quorum {
	case record.QuorumChecker:
		return party(p.Member, record.Checker, approver)
	case record.QuorumAdmins:
		if approver.Member == p.Member {
			return party(p.Member, record.Admin, approver)
		}
		m, err := member.Get(w, p.Member)
		if err != nil {
			return err
		}
		return party(m.Sponsor, officers, approver)
	default: // the others begin with the member's own word
	}
	if approver.Member == p.Member && !spoken {
		return party(p.Member, roles, approver)
	}
	switch p.Quorum {
	case record.QuorumCounterparty:
		return party(p.Counterparty, roles, approver)
	case record.QuorumInstitution:
		return mayConfirm(w, p, roles, approver)
	case record.QuorumBanks:
		return mayVote(w, p, votes, roles, approver)
	default:
		panic(fmt.Sprintf("proposal %s has quorum %d", p.ID, p.Quorum))
	}
}

// speaks reports whether a member's word is given. One person gives it, unless
// the member's own policy asks for a checker of the function: then two different
// people do, of whom one is a checker. The maker is one of its member's.
func speaks(w *world.World, p *record.Proposal, votes []world.Person, id string) (bool, error) {
	people, checkers := 0, 0
	if p.Member == id {
		people++
	}
	for _, v := range votes {
		if v.Member == id {
			people++
			if v.Roles.Has(record.Checker) {
				checkers++
			}
		}
	}
	if people == 0 {
		return false, nil
	}
	needed, err := member.RequiredChecker(w, id, p.Function, p.Amount)
	return !needed || people > 1 && checkers > 0, err
}

// wanted are the roles of which the member's next signer must have one: a
// checker, when somebody of the member has signed and was none.
func wanted(p *record.Proposal, votes []world.Person, id string) record.PersonRoles {
	signed := p.Member == id
	for _, v := range votes {
		if v.Member == id {
			if v.Roles.Has(record.Checker) {
				return officers
			}
			signed = true
		}
	}
	if signed {
		return record.Checker
	}
	return officers
}

// mayConfirm accepts a person of another institution than the maker's.
func mayConfirm(w *world.World, p *record.Proposal, roles record.PersonRoles, approver world.Person) error {
	if approver.Member == p.Member {
		return code.QuorumMissing.New("another institution than %s must approve", p.Member)
	}
	m, err := member.Get(w, approver.Member)
	if err != nil {
		return err
	}
	if !m.Roles.Any(member.Institutions) {
		return code.QuorumMissing.New("member %s is no bank, operator or auditor", m.ID)
	}
	return party(m.ID, roles, approver)
}

// party accepts a person of one member with one of the roles.
func party(id string, roles record.PersonRoles, approver world.Person) error {
	if approver.Member != id {
		return code.QuorumMissing.New("the approval of member %s counts, not of %s", id, approver.Member)
	}
	if approver.Roles&roles == 0 {
		return code.RoleMissing.New("person %s is not %s", approver.Person, strings.Join(roles.Names(), " or "))
	}
	return nil
}

// samePerson compares keys, and the pseudonym within one member.
func samePerson(a record.Approval, p world.Person) bool {
	return a.Key == p.Key || a.Member == p.Member && a.Person == p.Person
}

// mayVote accepts an officer of a bank with an active validator. The maker's bank
// has voted by proposing; another person there signs only where no other bank is
// needed.
func mayVote(w *world.World, p *record.Proposal, votes []world.Person, roles record.PersonRoles, approver world.Person) error {
	banks, err := activeBanks(w)
	if err != nil {
		return err
	}
	if !slices.Contains(banks, approver.Member) {
		return code.QuorumMissing.New("member %s has no active validator", approver.Member)
	}
	if approver.Member != p.Member {
		return party(approver.Member, roles, approver)
	}
	n, err := count(w, banks, p, votes)
	if err != nil {
		return err
	}
	if !TwoThirds(n, len(banks)) {
		return code.AlreadyApproved.New("bank %s approved by proposing", p.Member)
	}
	return party(approver.Member, officers, approver)
}

// TwoThirds reports whether votes are more than two thirds of all.
func TwoThirds(votes, all int) bool { return 3*votes > 2*all }

// count is how many active banks have given their word, the maker's included.
func count(w *world.World, banks []string, p *record.Proposal, votes []world.Person) (int, error) {
	n := 0
	for _, b := range banks {
		spoken, err := speaks(w, p, votes, b)
		if err != nil {
			return 0, err
		}
		if spoken {
			n++
		}
	}
	return n, nil
}

// isMet reports whether the votes, of which the last is new, decide.
func isMet(w *world.World, p *record.Proposal, votes []world.Person) (bool, error) {
	switch p.Quorum {
	case record.QuorumChecker, record.QuorumAdmins:
		return len(votes) > 0, nil
	case record.QuorumBanks:
		banks, err := activeBanks(w)
		if err != nil {
			return false, err
		}
		n, err := count(w, banks, p, votes)
		return TwoThirds(n, len(banks)), err
	default: // the member's own word, and another's
	}
	if spoken, err := speaks(w, p, votes, p.Member); err != nil || !spoken {
		return false, err
	}
	for _, v := range votes { // of the counterparty, or of another institution
		if v.Member == p.Member {
			continue
		}
		if spoken, err := speaks(w, p, votes, v.Member); err != nil || spoken {
			return spoken, err
		}
	}
	return false, nil
}

func activeBanks(w *world.World) ([]string, error) {
	list, err := member.Validators(w)
	if err != nil {
		return nil, err
	}
	var banks []string
	for _, v := range list {
		if v.Active {
			banks = append(banks, v.Bank)
		}
	}
	return banks, nil
}

// asks lists the members in whose worklists the proposal stands: whose approval
// it needs, and the maker's own where its policy asks for a checker besides.
func asks(w *world.World, p *record.Proposal) ([]string, error) {
	asked, err := parties(w, p)
	if err != nil || slices.Contains(asked, p.Member) {
		return asked, err
	}
	own, err := member.RequiredChecker(w, p.Member, p.Function, p.Amount)
	if own {
		asked = append([]string{p.Member}, asked...)
	}
	return asked, err
}

// parties are whose approval a proposal needs. For another institution these are
// the validators' banks, though operators and auditors may approve too.
func parties(w *world.World, p *record.Proposal) ([]string, error) {
	switch p.Quorum {
	case record.QuorumChecker:
		return []string{p.Member}, nil
	case record.QuorumAdmins:
		m, err := member.Get(w, p.Member)
		if err != nil {
			return nil, err
		}
		if m.Sponsor == "" {
			return []string{p.Member}, nil
		}
		return []string{p.Member, m.Sponsor}, nil
	case record.QuorumCounterparty:
		return []string{p.Counterparty}, nil
	default: // the banks
	}
	list, err := member.Validators(w)
	if err != nil {
		return nil, err
	}
	var banks []string
	for _, v := range list {
		// A closing notice also reaches a bank whose validator was removed meanwhile.
		if v.Bank != p.Member && (v.Active || p.State != record.ProposalOpen) {
			banks = append(banks, v.Bank)
		}
	}
	if len(banks) == 0 {
		banks = []string{p.Member}
	}
	return banks, nil
}

// concerned is the member and those asked, each once.
func concerned(m string, asked []string) []string {
	if slices.Contains(asked, m) {
		return asked
	}
	return append([]string{m}, asked...)
}
