-- A person at work in Neovim, on a copy of the demo app: `nvim --headless -u NONE -i NONE -n -c "luafile …"`.
-- Everything waits for what it needs, none of it for time to pass. The first thing that is not as it should be ends it.

local patience = 60000

local function wait(what, condition)
  if not vim.wait(patience, condition, 10) then
    error("in vain waited for: " .. what)
  end
end

local function same(what, found, expected)
  if not vim.deep_equal(found, expected) then
    error(what .. ": found " .. vim.inspect(found) .. ", expected " .. vim.inspect(expected))
  end
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

-- The first of these texts, from the cursor on, and how far into it.
local function go_to(text, offset)
  for number, line in ipairs(lines()) do
    local at = line:find(text, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { number, at - 1 + (offset or 0) })
      return
    end
  end
  error("there is no `" .. text .. "`")
end

local function attach(client)
  vim.lsp.buf_attach_client(0, client)
  wait("the server", function() return vim.lsp.buf_get_clients(0)[client] ~= nil end)
end

local function mistakes()
  return vim.tbl_map(function(found) return found.message:match("[^\n]*") end, vim.diagnostic.get(0))
end

local function ask(method, params)
  local answers, late = vim.lsp.buf_request_sync(0, method, params, patience)
  if not answers then
    error(method .. ": " .. late)
  end
  local _, answer = next(answers)
  if not answer or answer.error then
    error(method .. ": " .. vim.inspect(answer))
  end
  return answer.result
end

local function session()
  local folder = vim.fn.getcwd()
  local client = vim.lsp.start_client({
    name = "appspec",
    cmd = { vim.env.APPSPEC, "lsp" },
    root_dir = folder,
    workspace_folders = { { uri = vim.uri_from_fname(folder), name = "demo" } },
  })

  -- What is typed below stands as it is typed.
  vim.o.autoindent = false

  -- A mistake is shown as it is typed, and gone with it.
  vim.cmd("edit counter.yaml")
  attach(client)
  wait("the first word of the server", function() return vim.lsp.get_client_by_id(client).initialized end)
  go_to("state.runs }}", 6)
  vim.cmd("normal! sx")
  wait("the mistake", function() return #mistakes() > 0 end)
  same("the mistake", mistakes(), { "no state key `xuns`" })
  vim.cmd("normal! u")
  wait("no mistake", function() return #mistakes() == 0 end)

  -- Completion on a line that no YAML reader takes.
  vim.cmd("normal! Go  - metric: Runs")
  vim.cmd("normal! o    va")
  local function offered()
    local found = ask("textDocument/completion", vim.lsp.util.make_position_params(0))
    return found.items[1]
  end
  vim.api.nvim_win_set_cursor(0, { #lines(), 6 })
  vim.cmd("startinsert!")
  local item = offered()
  same("the first key", item.label, "value")
  vim.lsp.util.apply_text_edits({ item.textEdit }, 0, "utf-16")
  same("the line", lines()[#lines()], "    value: ")
  vim.cmd("stopinsert")
  vim.cmd("normal! Astate.runs")

  -- Hover in a window of its own.
  go_to("state.runs + 1", 8)
  local before = #vim.api.nvim_list_wins()
  vim.lsp.buf.hover()
  wait("the window", function() return #vim.api.nvim_list_wins() > before end)
  local shown = false
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), "\n")
    shown = shown or text:find("state key runs: int", 1, true) ~= nil
  end
  same("the type is shown", shown, true)

  -- From where it is read to where it is declared.
  go_to("times.", 0)
  go_to("{{ state.runs }}", 9)
  vim.lsp.buf.definition()
  wait("the declaration", function() return vim.api.nvim_win_get_cursor(0)[1] == 6 end)
  same("the word", vim.fn.expand("<cword>"), "runs")

  -- Another name, everywhere.
  vim.lsp.buf.rename("visits")
  wait("the new name", function() return lines()[#lines()] == "    value: state.visits" end)
  same("the declaration", lines()[6], "  visits: { default: 0, each_run: state.visits + 1 }")
  same("the text", lines()[9], "  - header: \"This page has run {{ state.visits }} times.\"")
  wait("no mistake", function() return #mistakes() == 0 end)

  -- The fix of a mistake.
  vim.cmd("normal! Go  - metric: Bare")
  vim.cmd("normal! o    value: visits")
  wait("the mistake", function() return #mistakes() == 1 end)
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = {}, only = { "quickfix" } }
  local actions = ask("textDocument/codeAction", params)
  same("the action", actions[1].title, "write `state.visits`")
  vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
  same("the line", lines()[#lines()], "    value: state.visits")
  wait("no mistake", function() return #mistakes() == 0 end)

  -- The one form that specs have.
  vim.cmd("normal! Go  - metric:    Wide")
  vim.cmd("normal! o    value:     1")
  vim.lsp.buf.formatting_sync({}, patience)
  same("the layout", { lines()[#lines() - 1], lines()[#lines()] }, { "  - metric: Wide", "    value: 1" })

  -- What the file holds, in a list.
  vim.lsp.buf.document_symbol()
  wait("the list", function() return #vim.fn.getloclist(0) + #vim.fn.getqflist() > 5 end)

  -- A file that others look at breaks them, open or not.
  vim.cmd("edit! app.yaml")
  attach(client)
  go_to("  penguins:", 2)
  vim.cmd("normal! cwbirds")
  local other = vim.uri_to_bufnr(vim.uri_from_fname(folder .. "/penguins.yaml"))
  wait("the mistakes of another page", function() return #vim.diagnostic.get(other) > 0 end)

  vim.lsp.stop_client(client)
  wait("the end", function() return vim.lsp.client_is_stopped(client) end)
end

local fine, wrong = xpcall(session, debug.traceback)
if not fine then
  io.stdout:write(wrong .. "\n")
  vim.cmd("cquit 1")
end
io.stdout:write("the session went well\n")
vim.cmd("qall!")
