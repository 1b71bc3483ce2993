-- A client of `fairlead serve`: JSON-RPC 2.0, framed as language servers frame it.
local client = {}
client.__index = client

local function frame(message)
  local body = vim.json.encode(message)
  return ('Content-Length: %d\r\n\r\n%s'):format(#body, body)
end

--- Starts a server. `handlers` has a function for each notification and question of interest.
function client.start(command, handlers)
  local self = setmetatable({ handlers = handlers, waiting = {}, last = 0, buffer = '' }, client)
  self.stdin, self.stdout = vim.loop.new_pipe(false), vim.loop.new_pipe(false)
  self.process = vim.loop.spawn(command, { args = { 'serve' }, stdio = { self.stdin, self.stdout, 2 } }, function(status)
    self:ended(status)
  end)
  if not self.process then
    return nil, command .. ' cannot be started'
  end
  self.stdout:read_start(function(_, bytes)
    if bytes then
      self:take(bytes)
    end
  end)
  return self
end

function client:take(bytes)
  self.buffer = self.buffer .. bytes
  while true do
    local first, last, length = self.buffer:find('Content%-Length: (%d+)\r\n\r\n')
    if not first or #self.buffer < last + tonumber(length) then
      return
    end
    local body = self.buffer:sub(last + 1, last + tonumber(length))
    self.buffer = self.buffer:sub(last + tonumber(length) + 1)
    local message = vim.json.decode(body, { luanil = { object = true } })
    vim.schedule(function()
      self:received(message)
    end)
  end
end

function client:received(message)
  if message.method == nil then
    local callback = self.waiting[message.id]
    self.waiting[message.id] = nil
    if callback then
      callback(message.error, message.result)
    end
    return
  end
  local handler = self.handlers[message.method]
  local result = handler and handler(message.params or {})
  if message.id ~= nil then
    self.stdin:write(frame({ jsonrpc = '2.0', id = message.id, result = result or vim.NIL }))
  end
end

--- Sends a request; `callback(error, result)` gets the answer.
function client:ask(method, params, callback)
  self.last = self.last + 1
  self.waiting[self.last] = callback
  local some = next(params or {}) and params or vim.empty_dict()
  self.stdin:write(frame({ jsonrpc = '2.0', id = self.last, method = method, params = some }))
  return self.last
end

function client:ended(status)
  vim.schedule(function()
    for id, callback in pairs(self.waiting) do
      self.waiting[id] = nil
      callback({ message = 'fairlead ended with status ' .. status })
    end
  end)
end

--- Ends the server in order.
function client:stop(callback)
  self:ask('shutdown', {}, function()
    self.stdin:write(frame({ jsonrpc = '2.0', method = 'exit' }))
    if callback then
      callback()
    end
  end)
end

return client
