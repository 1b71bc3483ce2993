-- Dev containers in Neovim: bring one up, open a terminal inside, list its ports.
local client = require('fairlead.client')

local fairlead = { command = 'fairlead' }
local server

local function say(text, level)
  vim.notify(text, level or vim.log.levels.INFO, { title = 'fairlead' })
end

--- What is said while something goes on; `fairlead.on_progress` may be replaced.
function fairlead.on_progress(text)
  vim.api.nvim_echo({ { 'fairlead: ' .. text } }, false, {})
end

local handlers = {
  log = function(params)
    if params.event.type == 'start' or params.event.type == 'progress' then
      fairlead.on_progress(params.event.text or params.event.name)
    end
  end,
  ['ask/trust'] = function(params)
    local question = 'The workspace wants to:\n  ' .. table.concat(params.wishes, '\n  ')
    return { allow = vim.fn.confirm(question, '&Allow\n&No', 2) == 1 }
  end,
}

local function connected(callback)
  if server then
    return callback(server)
  end
  local started, why = client.start(fairlead.command, handlers)
  if not started then
    return say(why, vim.log.levels.ERROR)
  end
  server = started
  server:ask('initialize', {
    client = { name = 'neovim', version = tostring(vim.version()) },
    workingDirectory = vim.loop.cwd(),
    answersQuestions = true,
  }, function(err)
    if err then
      return say(err.message, vim.log.levels.ERROR)
    end
    callback(server)
  end)
end

--- Sends a request about the current folder; `callback(result)` when it succeeds, a message when not.
function fairlead.ask(method, params, callback)
  params = vim.tbl_extend('keep', params or {}, { workspaceFolder = vim.loop.cwd() })
  connected(function(to)
    to:ask(method, params, function(err, result)
      if err then
        local hint = err.data and err.data.hint
        return say(err.message .. (hint and '\n' .. hint or ''), vim.log.levels.ERROR)
      end
      callback(result)
    end)
  end)
end

function fairlead.up(callback)
  fairlead.ask('up', {}, function(result)
    say('up: ' .. result.containerName .. ' as ' .. result.remoteUser)
    if callback then
      callback(result)
    end
  end)
end

--- A terminal inside, in a window of its own.
function fairlead.terminal(command)
  vim.cmd('botright new')
  local words = { fairlead.command, command and 'exec' or 'shell', '--workspace-folder', vim.loop.cwd() }
  vim.list_extend(words, command or {})
  return vim.fn.termopen(words)
end

function fairlead.ports()
  fairlead.ask('ports', {}, function(result)
    local lines = {}
    for _, environment in ipairs(result.environments) do
      for _, port in ipairs(environment.forwards) do
        local name = port.label ~= '' and port.label or port.process
        table.insert(lines, ('%s  %s:%d  %s'):format(port.port or port.socket, port.localAddress, port.localPort, name or ''))
      end
    end
    say(#lines > 0 and table.concat(lines, '\n') or 'No ports.')
  end)
end

function fairlead.stop_server(callback)
  if server then
    server:stop(callback)
    server = nil
  end
end

return fairlead
