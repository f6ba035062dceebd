package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// bankFile is a message of a bank that was read.
type bankFile struct {
	reconcile.Message
	path string
}

// fileNotes says of which files nothing was left to do.
const fileNotes = "clearing-files.jsonl"

// fileNote is a file of a bank of which nothing was left to do.
type fileNote struct {
	SHA256  record.Digest    `json:"sha256"`
	Kind    string           `json:"kind"`
	Message string           `json:"message"`
	File    string           `json:"file"`
	Items   int              `json:"items"`
	At      calendar.Instant `json:"at"` // by this machine's clock
}

// noteFiles remembers the files of which nothing is left to do: those that are not open.
func (a *app) noteFiles(files []bankFile, open map[record.Digest]bool) error {
	book := notesIn[fileNote](a, fileNotes)
	before, err := book.all()
	if err != nil {
		return err
	}
	known := map[record.Digest]bool{}
	for i := range before {
		known[before[i].SHA256] = true
	}
	var lines []fileNote
	for i := range files {
		f := &files[i]
		if open[f.Hash] || known[f.Hash] {
			continue
		}
		known[f.Hash] = true
		lines = append(lines, fileNote{
			f.Hash, string(f.Header.Kind), f.Header.Message, filepath.Base(f.path), f.Header.Items, calendar.FromTime(time.Now()),
		})
	}
	return book.add(lines...)
}

// bankFiles reads files of one bank, all before any of them is used. Those of which
// nothing was left to do are only counted, unless they are wanted again.
func (a *app) bankFiles(args []string, bank string, again bool) (files []bankFile, before int, err error) {
	paths, err := expand(args)
	if err != nil {
		return nil, 0, err
	}
	notes, err := notesIn[fileNote](a, fileNotes).all()
	if err != nil {
		return nil, 0, err
	}
	done := map[record.Digest]bool{}
	for i := range notes {
		done[notes[i].SHA256] = !again
	}
	for _, path := range paths {
		f, err := readBankFile(path)
		if err != nil {
			return nil, 0, err
		}
		if refusal := code.Of(f.Of(bank)); refusal != nil {
			return nil, 0, refusal.Code.New("%s: %s", path, refusal.Detail)
		}
		if done[f.Hash] {
			before++
			continue
		}
		files = append(files, f)
	}
	return files, before, nil
}

// expand gives the files that are named, and for a directory those of XML in it.
func expand(args []string) ([]string, error) {
	var paths []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("read the bank's messages: %w", err)
		}
		if !info.IsDir() {
			paths = append(paths, arg)
			continue
		}
		found, err := filepath.Glob(filepath.Join(arg, "*.xml"))
		if err != nil {
			return nil, fmt.Errorf("read the bank's messages: %w", err)
		}
		slices.Sort(found)
		paths = append(paths, found...)
	}
	return paths, nil
}

// readBankFile reads one message of a bank.
func readBankFile(path string) (f bankFile, err error) {
	file, err := os.Open(path)
	if err != nil {
		return f, fmt.Errorf("read the bank's message: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	f.path = path
	f.Message, err = reconcile.ReadMessage(file, iso20022.DefaultLimits())
	if refusal := code.Of(err); refusal != nil {
		return f, refusal.Code.New("%s: %s", path, refusal.Detail)
	}
	if err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}
