import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { Panel } from '../parts/panel.tsx'
import type { DownloadKind } from '../rpc/download.ts'
import { chosenFile, droppedFiles } from '../rpc/dropped-files.ts'
import { tell } from '../state/notices.ts'
import { addAll, fetchContent } from '../state/transfers.ts'
import { TransferList } from './transfer-list.tsx'

/** Content into this peer, and out of the network. */
export function Files(): JSX.Element {
  return (
    <div class="columns even fill">
      <div class="stack">
        <Add />
        <Fetch />
      </div>
      <TransferList />
    </div>
  )
}

function Add(): JSX.Element {
  const isOver = useSignal(false)
  const chooser = useRef<HTMLInputElement>(null)
  const dropped = async (transfer: DataTransfer): Promise<void> => {
    try {
      addAll(await droppedFiles(transfer))
    } catch (error) {
      tell('failed', error instanceof Error ? error.message : String(error))
    }
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    isOver.value = false
    if (event.dataTransfer !== null) void dropped(event.dataTransfer)
  }
  const onDragOver = (event: DragEvent): void => {
    event.preventDefault()
    isOver.value = true
  }
  const chosen = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    addAll(Array.from(currentTarget.files ?? []).map(chosenFile))
    currentTarget.value = ''
  }
  return (
    <Panel title="Add">
      <div
        class={isOver.value ? 'drop is-over' : 'drop'}
        onDragOver={onDragOver}
        onDragLeave={() => (isOver.value = false)}
        onDrop={onDrop}
      >
        <p class="drop-title">Drop files or folders here</p>
        <p class="quiet">They are stored in this peer, and each gets a CID, by which others can fetch it.</p>
        <button type="button" class="button" onClick={() => chooser.current?.click()}>
          Choose files
        </button>
        <input
          ref={chooser}
          type="file"
          multiple
          class="unseen"
          tabIndex={-1}
          aria-label="Files to add"
          onChange={chosen}
        />
      </div>
    </Panel>
  )
}

const KINDS: readonly { readonly value: DownloadKind; readonly text: string }[] = [
  { value: 'file', text: 'as a file' },
  { value: 'folder', text: 'as a folder (.tar)' },
  { value: 'block', text: 'as one block' }
]

function Fetch(): JSX.Element {
  const path = useSignal('')
  const kind = useSignal<DownloadKind>('file')
  const id = useId()
  const submit = (event: Event): void => {
    event.preventDefault()
    const text = path.value.trim()
    if (text !== '') void fetchContent(text, kind.value)
  }
  return (
    <Panel title="Fetch">
      <form class="fetch" onSubmit={submit}>
        <label for={id}>CID, or a path below one</label>
        <input
          id={id}
          class="field mono wide"
          placeholder="bafybei…/photos/2019.jpg"
          value={path.value}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => (path.value = currentTarget.value)}
        />
        <div class="actions">
          <select
            class="field"
            aria-label="What to save"
            value={kind.value}
            onChange={({ currentTarget }) => {
              kind.value = KINDS.find(({ value }) => value === currentTarget.value)?.value ?? 'file'
            }}
          >
            {KINDS.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
          <button type="submit" class="button primary">
            Fetch and save
          </button>
        </div>
        <p class="quiet">Every block is checked against its hash. It is saved, and never opened in this page.</p>
      </form>
    </Panel>
  )
}
