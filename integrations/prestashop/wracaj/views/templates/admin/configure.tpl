<div class="panel">
  <h3>{$wracaj.words.connection|escape:'html':'UTF-8'}</h3>
  {if $wracaj.is_connected}
    <p><strong>{$wracaj.words.connected|escape:'html':'UTF-8'}:</strong>
      {$wracaj.shop|escape:'html':'UTF-8'}, <code>{$wracaj.webhook|escape:'html':'UTF-8'}</code></p>
  {/if}
  <form method="post" action="">
    <div class="form-group">
      <label for="wracaj_key">{$wracaj.words.key|escape:'html':'UTF-8'}</label>
      <textarea class="form-control" id="wracaj_key" name="wracaj_key" rows="3" autocomplete="off"
                spellcheck="false" placeholder="wracaj1.…"></textarea>
      <p class="help-block">{$wracaj.words.key_help|escape:'html':'UTF-8'}</p>
    </div>
    <button class="btn btn-primary" type="submit" name="submitWracajKey" value="1">
      {$wracaj.words.save_key|escape:'html':'UTF-8'}</button>
    {if $wracaj.is_connected}
      <button class="btn btn-default" type="submit" name="submitWracajTest" value="1">
        {$wracaj.words.test|escape:'html':'UTF-8'}</button>
    {/if}
  </form>
  {if $wracaj.is_connected}
    <form method="post" action="" style="margin-top: 1em">
      <input type="hidden" name="wracaj_disconnect" value="1">
      <button class="btn btn-default" type="submit" name="submitWracajKey" value="1">
        {$wracaj.words.disconnect|escape:'html':'UTF-8'}</button>
    </form>
  {/if}
</div>

<div class="panel">
  <h3>{$wracaj.words.choices|escape:'html':'UTF-8'}</h3>
  <form method="post" action="">
    <div class="checkbox"><label>
      <input type="checkbox" name="wracaj_box" value="1"{if $wracaj.box} checked{/if}>
      {$wracaj.words.box|escape:'html':'UTF-8'}</label></div>
    <div class="checkbox"><label>
      <input type="checkbox" name="wracaj_birthdays" value="1"{if $wracaj.birthdays} checked{/if}>
      {$wracaj.words.birthdays|escape:'html':'UTF-8'}</label></div>
    <div class="form-group">
      <label for="wracaj_cancelled">{$wracaj.words.cancelled|escape:'html':'UTF-8'}</label>
      <select class="form-control" id="wracaj_cancelled" name="wracaj_cancelled[]" multiple size="6">
        {foreach $wracaj.states as $state}
          <option value="{$state.id|escape:'html':'UTF-8'}"{if $state.is_cancelled} selected{/if}>
            {$state.name|escape:'html':'UTF-8'}</option>
        {/foreach}
      </select>
    </div>
    <button class="btn btn-primary" type="submit" name="submitWracajOptions" value="1">
      {$wracaj.words.save|escape:'html':'UTF-8'}</button>
  </form>
</div>

<div class="panel">
  <h3>{$wracaj.words.addresses|escape:'html':'UTF-8'}</h3>
  <p>{$wracaj.words.cron|escape:'html':'UTF-8'}<br>
    <code>* * * * * curl -fsS '{$wracaj.cron_url|escape:'html':'UTF-8'}'</code><br>
    {if $wracaj.cron_at}
      {$wracaj.words.cron_at|escape:'html':'UTF-8'}: {$wracaj.cron_at|escape:'html':'UTF-8'}
    {else}
      {$wracaj.words.cron_never|escape:'html':'UTF-8'}
    {/if}</p>
  <p>{$wracaj.words.discount|escape:'html':'UTF-8'}<br>
    <code>{$wracaj.discount_url|escape:'html':'UTF-8'}</code></p>
  <p>{$wracaj.words.host|escape:'html':'UTF-8'}<br>
    <code>{$wracaj.host|escape:'html':'UTF-8'}</code></p>
</div>

<div class="panel">
  <h3>{$wracaj.words.deliveries|escape:'html':'UTF-8'}</h3>
  <p>{$wracaj.words.waiting|escape:'html':'UTF-8'}: {$wracaj.waiting|escape:'html':'UTF-8'}{if $wracaj.oldest},
    {$wracaj.words.oldest|escape:'html':'UTF-8'} {$wracaj.oldest|escape:'html':'UTF-8'}{/if}{if $wracaj.paused_until},
    {$wracaj.words.paused|escape:'html':'UTF-8'}: {$wracaj.paused_until|escape:'html':'UTF-8'}{/if}</p>
  {if $wracaj.is_connected && $wracaj.waiting}
    <form method="post" action="">
      <button class="btn btn-default" type="submit" name="submitWracajSend" value="1">
        {$wracaj.words.send|escape:'html':'UTF-8'}</button>
    </form>
  {/if}
  {if $wracaj.deliveries}
    <table class="table">
      <thead><tr>
        <th>{$wracaj.words.time|escape:'html':'UTF-8'}</th>
        <th>{$wracaj.words.type|escape:'html':'UTF-8'}</th>
        <th>{$wracaj.words.about|escape:'html':'UTF-8'}</th>
        <th>{$wracaj.words.answer|escape:'html':'UTF-8'}</th>
      </tr></thead>
      <tbody>
        {foreach $wracaj.deliveries as $delivery}
          <tr>
            <td>{$delivery.at|escape:'html':'UTF-8'}</td>
            <td>{$delivery.type|escape:'html':'UTF-8'}</td>
            <td>{$delivery.about|escape:'html':'UTF-8'}</td>
            <td>{if $delivery.status}{$delivery.status|escape:'html':'UTF-8'}{else}{$wracaj.words.no_answer|escape:'html':'UTF-8'}{/if}
              {$delivery.detail|escape:'html':'UTF-8'}</td>
          </tr>
        {/foreach}
      </tbody>
    </table>
  {else}
    <p>{$wracaj.words.none|escape:'html':'UTF-8'}</p>
  {/if}
</div>
