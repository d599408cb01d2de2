// A Boxo peer for the interop tests and benchmarks of Barter: bitswap client and server on go-libp2p, blocks in memory.
//
// It is driven over stdin and stdout, one JSON object a line. A call is {"id": 1, "call": "get", …}; its answer is
// {"id": 1, "ok": …} or {"id": 1, "error": "…"}, before which a call may send any number of {"id": 1, "part": …}. Calls
// run beside each other. {"call": "abort", "target": 1} cancels the context of call 1. The end of stdin ends the program.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// asked is a call with its arguments; each call reads those that it needs.
type asked struct {
	ID         int      `json:"id"`
	Call       string   `json:"call"`
	Target     int      `json:"target"`
	Data       [][]byte `json:"data"`
	Codec      uint64   `json:"codec"`
	Hash       uint64   `json:"hash"`
	Version    uint64   `json:"version"`
	Cids       []string `json:"cids"`
	Workers    int      `json:"workers"`
	Address    string   `json:"address"`
	Peer       string   `json:"peer"`
	Seed       string   `json:"seed"`
	Count      int      `json:"count"`
	BlockBytes int      `json:"blockBytes"`
	Digests    []byte   `json:"digests"`
	LimitMs    int      `json:"limitMs"`
	InSession  bool     `json:"inSession"`
}

type answered struct {
	ID    int    `json:"id"`
	Ok    any    `json:"ok,omitempty"`
	Part  any    `json:"part,omitempty"`
	Error string `json:"error,omitempty"`
}

// call does what was asked; part sends something ahead of the result.
type call func(ctx context.Context, in asked, part func(any)) (any, error)

// desk reads calls, runs each by itself, and writes the answers.
type desk struct {
	calls   map[string]call
	writing sync.Mutex
	out     *bufio.Writer
	lock    sync.Mutex
	running map[int]context.CancelFunc
}

func (d *desk) write(a answered) {
	d.writing.Lock()
	defer d.writing.Unlock()
	line, err := json.Marshal(a)
	if err != nil {
		line, _ = json.Marshal(answered{ID: a.ID, Error: err.Error()})
	}
	d.out.Write(line)
	d.out.WriteByte('\n')
	d.out.Flush()
}

func (d *desk) run(ctx context.Context, in asked) {
	result, err := func() (any, error) {
		found, ok := d.calls[in.Call]
		if !ok {
			return nil, fmt.Errorf("unknown call %q", in.Call)
		}
		return found(ctx, in, func(part any) { d.write(answered{ID: in.ID, Part: part}) })
	}()
	d.lock.Lock()
	delete(d.running, in.ID)
	d.lock.Unlock()
	if err != nil {
		d.write(answered{ID: in.ID, Error: err.Error()})
		return
	}
	if result == nil {
		result = struct{}{}
	}
	d.write(answered{ID: in.ID, Ok: result})
}

func (d *desk) serve(in io.Reader) error {
	decoder := json.NewDecoder(in)
	for {
		var next asked
		if err := decoder.Decode(&next); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		d.lock.Lock()
		if next.Call == "abort" {
			if cancel, ok := d.running[next.Target]; ok {
				cancel()
			}
			d.lock.Unlock()
			continue
		}
		ctx, cancel := context.WithCancel(context.Background())
		d.running[next.ID] = cancel
		d.lock.Unlock()
		go func() {
			defer cancel()
			d.run(ctx, next)
		}()
	}
}

func main() {
	var o settings
	var protocols string
	flag.StringVar(&o.encryption, "encryption", "", "tls or noise; both when empty")
	flag.StringVar(&o.transport, "transport", "tcp", "tcp or ws")
	flag.StringVar(&o.key, "key", "ed25519", "ed25519 or rsa")
	flag.StringVar(&protocols, "protocols", "", "bitswap protocols to speak, with commas between; all when empty")
	flag.Parse()
	if protocols != "" {
		o.protocols = strings.Split(protocols, ",")
	}
	p, err := startPeer(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	d := &desk{calls: p.calls(), out: bufio.NewWriter(os.Stdout), running: map[int]context.CancelFunc{}}
	d.write(answered{ID: 0, Ok: p.about()})
	if err := d.serve(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	p.stop()
}
