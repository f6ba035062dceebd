package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/attach"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) attachCommand() *cobra.Command {
	return group("attach", "Files beside the ledger: contracts, invoices, receipts",
		a.attachPut(), a.attachBulk(), a.attachLink(), a.attachList(), a.attachGet())
}

// linked names the record to which a file belongs.
type linked struct{ kind, id string }

func (l *linked) flags(f *pflag.FlagSet) {
	f.StringVar(&l.kind, "kind", "", "contract, delivery, invoice, certificate or batch-row: of the record")
	f.StringVar(&l.id, "id", "", "of the record; an invoice's fingerprint; PROPOSAL.ROW of a row of a batch")
}

func (l *linked) check() error {
	if (l.kind == "") != (l.id == "") {
		return code.BadArgument.New("a record is named by --kind and --id together")
	}
	return nil
}

// readUpTo reads a file within bounds, one that has something in it.
func readUpTo(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, code.BadFile.New("%v", err)
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, code.BadFile.New("%v", err)
	}
	switch {
	case len(text) == 0:
		return nil, code.BadFile.New("%s is empty", filepath.Base(path))
	case int64(len(text)) > limit:
		return nil, code.TooLarge.New("%s has more than %d bytes", filepath.Base(path), limit)
	default:
		return text, nil
	}
}

func (a *app) attachPut() *cobra.Command {
	var to linked
	return a.command(spec{
		use: "put FILE", short: "Keep a file at the node, and let it belong to a record", args: cobra.ExactArgs(1),
		long: `Files are pdf, png, jpeg, ofd, xml, zip, xlsx or docx of at most 10 MB, named by the
SHA-256 of their bytes. They stay at this node, count against your member's space and
are not removed. Whoever sees the record reads the file.`,
		example: "  scf attach put contract.pdf --as supplier1/maker\n  scf attach put invoice.ofd --kind invoice --id 3f1c... --as supplier1/maker",
		flags:   to.flags,
		run: func(ctx context.Context, args []string) error {
			if err := to.check(); err != nil {
				return err
			}
			media, err := attach.MediaOf(args[0])
			if err != nil {
				return err
			}
			text, err := readUpTo(args[0], attach.MaxFile)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			v, err := s.PutAttachment(ctx, text, media, filepath.Base(args[0]))
			if err == nil && to.kind != "" {
				v, err = s.LinkAttachment(ctx, v.Digest, to.kind, to.id, "")
			}
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { writeAttachments(w, []client.Attachment{*v}) })
		},
	})
}

func writeAttachments(w io.Writer, list []client.Attachment) {
	t := columns("FILE", ">BYTES", "NAME", "TYPE", "BELONGS TO", "AT")
	for _, v := range list {
		record := ""
		if v.Kind != "" {
			record = v.Kind + " " + v.ID
		}
		t.add(v.Digest.String(), strconv.FormatInt(v.Size, 10), v.Name, v.Media, record, when(v.At))
	}
	t.write(w, "no files")
}

func (a *app) attachBulk() *cobra.Command {
	return a.command(spec{
		use: "bulk ARCHIVE", short: "Keep all files of a ZIP archive at the node, or none", args: cobra.ExactArgs(1),
		long:    `At most 50 MB, 1,000 files, and 200 MB unpacked.`,
		example: `  scf attach bulk deliveries-2026-11.zip --as supplier1/maker`,
		run: func(ctx context.Context, args []string) error {
			text, err := readUpTo(args[0], attach.MaxArchive)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := s.PutAttachments(ctx, text)
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) { writeAttachments(w, list) })
		},
	})
}

func fileDigest(text string) (record.Digest, error) {
	d, err := record.ParseDigest(text)
	if err != nil {
		return d, code.BadArgument.New("%v", err)
	}
	return d, nil
}

func (a *app) attachLink() *cobra.Command {
	var to linked
	var name string
	return a.command(spec{
		use: "link FILE-HASH", short: "Let a file of your member belong to a record that you see", args: cobra.ExactArgs(1),
		example: `  scf attach link 3f1c... --kind contract --id 7a01... --as supplier1/maker`, needs: []string{"kind", "id"},
		flags: func(f *pflag.FlagSet) {
			to.flags(f)
			f.StringVar(&name, "name", "", "of the file there (default: its own)")
		},
		run: func(ctx context.Context, args []string) error {
			d, err := fileDigest(args[0])
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			v, err := s.LinkAttachment(ctx, d, to.kind, to.id, name)
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "%s belongs to %s %s\n", v.Name, v.Kind, v.ID) })
		},
	})
}

func (a *app) attachList() *cobra.Command {
	var of linked
	return a.command(spec{
		use: "list", short: "List the files of a record, or your member's own",
		example: "  scf attach list --as supplier1/maker\n  scf attach list --kind certificate --id 9133... --as bank1/maker",
		flags:   of.flags,
		run: func(ctx context.Context, _ []string) error {
			if err := of.check(); err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Attachments(ctx, of.kind, of.id))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) { writeAttachments(w, list) })
		},
	})
}

// fetched is what scf attach get prints.
type fetched struct {
	Digest record.Digest `json:"digest"`
	Name   string        `json:"name"`
	Size   int           `json:"size"`
	Path   string        `json:"path"`
}

func (a *app) attachGet() *cobra.Command {
	return a.command(spec{
		use: "get FILE-HASH PATH", short: "Save a file; its bytes are compared with the hash", args: cobra.ExactArgs(2),
		long:    `PATH must not exist: nothing is overwritten.`,
		example: `  scf attach get 3f1c... contract.pdf --as bank1/maker`,
		run: func(ctx context.Context, args []string) error {
			d, err := fileDigest(args[0])
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			text, name, err := s.ReadAttachment(ctx, d)
			if err != nil {
				return err
			}
			if err := writeNew(args[1], text); err != nil {
				return err
			}
			return a.print(fetched{d, name, len(text), args[1]}, func(w io.Writer) {
				fmt.Fprintf(w, "saved %s as %s, %d bytes\n", name, args[1], len(text))
			})
		},
	})
}
