-- A session without a screen:
-- nvim --headless -u NONE --cmd 'set rtp+=examples/neovim' -c 'luafile examples/neovim/test/session.lua'
local fairlead = require('fairlead')
fairlead.command = vim.env.FAIRLEAD or 'fairlead'

local function check(condition, what)
  if not condition then
    io.stderr:write(what .. '\n')
    vim.cmd('cquit 1')
  end
end

local seen = {}
fairlead.on_progress = function(text)
  table.insert(seen, text)
end
local up
fairlead.up(function(result)
  up = result
end)
check(vim.wait(120000, function() return up ~= nil end, 50), 'not up in two minutes: ' .. vim.inspect(seen))
check(#seen > 0, 'no progress was shown')

fairlead.terminal({ 'sh', '-c', 'echo "inside as $(id -un)"' })
local buffer = vim.api.nvim_get_current_buf()
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
end
check(vim.wait(60000, function() return text():find('inside as root', 1, true) end, 50), 'the terminal shows: ' .. text())

local refused
local notify = vim.notify
vim.notify = function(message)
  refused = message
end
fairlead.ask('exec', { cmd = { 'true' }, containerId = 'nobody' }, function() end)
check(vim.wait(30000, function() return refused end, 50) and refused:find('not found', 1, true), 'the error shown: ' .. tostring(refused))
vim.notify = notify

local stopped
fairlead.stop_server(function()
  stopped = true
end)
check(vim.wait(10000, function() return stopped end, 50), 'the server did not end')
io.stdout:write('the session ended in order\n')
vim.cmd('qall!')
