//go:build tools

// Package kubo only pins the version of Kubo that the interop suite builds and runs; no code of ours is in it.
package kubo

import _ "github.com/ipfs/kubo/cmd/ipfs"
