if vim.g.loaded_fairlead then
  return
end
vim.g.loaded_fairlead = true

local function command(name, action, description)
  vim.api.nvim_create_user_command(name, action, { desc = description })
end
command('FairleadUp', function() require('fairlead').up() end, 'Bring the dev container of this folder up')
command('FairleadTerminal', function() require('fairlead').terminal() end, 'Open a terminal inside')
command('FairleadPorts', function() require('fairlead').ports() end, 'List its ports')
vim.api.nvim_create_autocmd('VimLeavePre', { callback = function() require('fairlead').stop_server() end })
