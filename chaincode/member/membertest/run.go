package membertest

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Signer is who runs an operation: a person such as "STEEL/maker", alone or with the
// approvers of a proposal.
type Signer struct {
	Person    string
	Quorum    record.Quorum
	Approvers []string // names of firms, whose makers approve
}

// Run runs a contract's function as one transaction of a signer.
func Run[In, Out any](
	n *Network, by Signer, fn func(*world.World, In) (Out, error), in In,
) (out Out, effects record.Effects, err error) {
	effects, err = n.Do(by.Person, func(w *world.World) error {
		actor := w.Actor()
		actor.Quorum = by.Quorum
		for _, name := range by.Approvers {
			actor.Approvers = append(actor.Approvers, world.Person{Member: ID(name), Person: "maker"})
		}
		return w.As(actor, func() (err error) {
			out, err = fn(w, in)
			return err
		})
	})
	return out, effects, err
}

// Ledger is what can be read without a transaction: a Network, or what has one.
type Ledger interface{ Reader() *world.World }

// Reader is a world in which nothing is written. It counts as no transaction.
func (n *Network) Reader() *world.World {
	return world.New(n.Memory, world.Call{Network: Name, Now: n.Now, Actor: world.Actor{System: true}})
}

// Look reads from a ledger. A failure to read is a fault of the test.
func Look[T any](l Ledger, fn func(*world.World) (T, error)) T {
	v, err := fn(l.Reader())
	if err != nil {
		panic(fmt.Sprintf("read the ledger: %v", err))
	}
	return v
}

// List reads all records below a prefix.
func List[T any](l Ledger, prefix string) []*T {
	return Look(l, func(w *world.World) (all []*T, err error) {
		err = world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, v *T) (bool, error) {
			all = append(all, v)
			return true, nil
		})
		return all, err
	})
}

// Find reads a record, nil when there is none.
func Find[T any](l Ledger, key record.Key[T]) *T {
	return Look(l, func(w *world.World) (*T, error) { return world.Find(w, key) })
}
